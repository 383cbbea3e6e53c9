package dev.rlhf.driver.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.driver.config.Setting;
import dev.rlhf.experiment.design.Experiment;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds where settings for real hardware and settings of the user meet. */
class ExperimentSourceTest {
    private static final Path FILE = ShippedExperiments.FOLDER.resolve("human-preferences.yaml");
    private static final String OWN = "stages.text.data.path=hh.jsonl";
    private static final String TEXT = "stages.text.path={dialogues}/stages/text";

    @Test
    void settingsOfAPartComeAfterThoseOfFull() {
        List<String> full = source(true).read().part("dialogues").settings();
        assertThat(full).contains("model.layers=12").doesNotContain(OWN);

        for (String part : List.of("dialogues", "0")) {
            Experiment both =
                    source(true, "parts." + part + ".settings=[" + OWN + "]").read();
            assertThat(both.part("dialogues").settings())
                    .containsExactlyElementsOf(
                            Stream.concat(full.stream(), Stream.of(OWN)).toList());
            assertThat(both.part("judge").settings()).contains(TEXT, "model.layers=12");
        }
    }

    @Test
    void withoutFullTheyStandAlone() {
        assertThat(source(false, "parts.dialogues.settings=[" + OWN + "]")
                        .read()
                        .part("dialogues")
                        .settings())
                .containsExactly(OWN);
    }

    @Test
    void aTimeHoldsForTheSettingsItWasMeasuredWith() {
        assertThat(estimated(source(false))).containsExactlyInAnyOrder("dialogues", "judge");
        assertThat(estimated(source(false, "seeds=[1]"))).hasSize(2);
        assertThat(estimated(source(true))).isEmpty();
        assertThat(estimated(source(true, "parts.judge.seconds=5000"))).containsExactly("judge");
        assertThat(estimated(source(false, "parts.dialogues.settings=[" + OWN + "]")))
                .containsExactly("judge");
        assertThat(estimated(
                        source(false, "factors.pairs.levels.400.settings=[stages.reward-model.data.train-limit=500]")))
                .containsExactly("dialogues");
    }

    private static Iterable<String> estimated(ExperimentSource source) {
        return source.estimated(source.read());
    }

    private static ExperimentSource source(boolean full, String... settings) {
        return new ExperimentSource(
                "human-preferences",
                FILE,
                full,
                Stream.of(settings).map(Setting::here).toList());
    }
}
