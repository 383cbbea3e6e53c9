package dev.rlhf.driver.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummaryTest {
    private static final Summary SUMMARY = new Summary(List.of(
            new StageResult("sft", "sft", 80, 0.58, null, null, null, 9.5326, 0.0, null, 1.0625, 3.4, 50),
            new StageResult(
                    "a-rather-long-name",
                    "reward-model",
                    400,
                    null,
                    null,
                    null,
                    0.9133,
                    74.79,
                    null,
                    0.5,
                    0.25,
                    0.7,
                    400),
            new StageResult("ppo", "ppo", 100, 0.5467, 0.3021, -0.0001, null, 271.46, null, null, null, null, null)));

    @Test
    void theTableKeepsItsColumnsWhateverTheNames() {
        assertThat(SUMMARY.table().lines().map(String::stripTrailing))
                .containsExactly(
                        "stage               kind          steps  held-out accuracy  reward     KL   pair accuracy"
                                + "   held-out loss  seconds",
                        "sft                 sft              80      0.0 -> 58.0 %       -      -               -"
                                + "  3.400 -> 1.063      9.5",
                        "a-rather-long-name  reward-model    400                  -       -      -  50.0 -> 91.3 %"
                                + "  0.700 -> 0.250     74.8",
                        "ppo                 ppo             100             54.7 %   0.302  0.000               -"
                                + "               -    271.5");
    }

    @Test
    void whatIsWrittenIsReadBack(@TempDir Path directory) {
        Path file = directory.resolve("summary.json");

        SUMMARY.write(file);

        assertThat(Summary.read(file)).isEqualTo(SUMMARY);
        assertThat(file)
                .content()
                .contains("\"eval_accuracy\" : 0.58", "\"pair_accuracy\" : null", "\"best_step\" : 50");
    }

    @Test
    void theSummaryOfARunOfBeforeIsStillRead(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("summary.json"), """
                {"stages":[{"name":"sft","kind":"sft","steps":2,"eval_accuracy":0.5,"reward_mean":null,"kl":null,
                "pair_accuracy":null,"seconds":1.5}]}""");

        StageResult stage = Summary.read(file).stages().get(0);

        assertThat(stage.evalAccuracy()).isEqualTo(0.5);
        assertThat(stage.evalAccuracyBefore()).isNull();
        assertThat(stage.bestStep()).isNull();
    }
}
