package dev.rlhf.driver.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.driver.checkpoint.DurableFiles;
import dev.rlhf.driver.experiment.ExperimentInputs.Changed;
import dev.rlhf.experiment.design.Experiment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentInputsTest {
    private static final String NAME = "kl-sign.yaml";
    private static final Changed SAME = new Changed(false, List.of());

    @TempDir
    private Path folder;

    private Path here;

    @BeforeEach
    void copyExperiments() throws IOException {
        here = folder.resolve("here");
        DurableFiles.copyTree(ShippedExperiments.FOLDER, here);
    }

    @Test
    void anotherPlaceIsTheSameExperiment() throws IOException {
        Path there = folder.resolve("there");
        DurableFiles.copyTree(here, there);
        assertThat(inputs(there)).isEqualTo(inputs(here));
    }

    @Test
    void seedsAndComparisonsMayChangeAndTheGridMayNot() throws IOException {
        ExperimentDirectory directory = directory();
        assertThat(keep(directory)).isEqualTo(SAME);
        assertThat(keep(directory)).isEqualTo(SAME);

        assertThat(keep(directory, "comparisons[0].expect=falls").remarks()).containsExactly(Changed.COMPARED);
        assertThat(keep(directory, "measures.kl.at=start").remarks()).containsExactly(Changed.MEASURED);
        assertThat(keep(directory, "measures.kl.number=eval_length").remarks()).containsExactly(Changed.MEASURED);
        assertThat(keep(directory, "measures.kl.words=KL in nats")).isEqualTo(SAME);
        assertThatThrownBy(() -> keep(directory, "parts.policy.settings=[]"))
                .hasMessageContaining("the grid has changed since the experiment in");
    }

    @Test
    void seedsThatWereAddedOrLeftOutAreNamed() throws IOException {
        ExperimentDirectory directory = directory();
        keep(directory);
        assertThat(keep(directory, "seeds=[1, 2, 3, 4, 5, 6, 7]").remarks()).containsExactly(Changed.ADDED + "6, 7.");
        // None of these was run.
        assertThat(keep(directory, "seeds=[1, 2, 3]")).isEqualTo(SAME);

        for (String run : List.of("start/seed-6", "start/seed-5", "policy/k3--0.4/seed-5")) {
            Files.createDirectories(directory.root().resolve("cells").resolve(run));
        }
        assertThat(keep(directory).remarks()).containsExactly(Changed.LEFT_OUT + "6.");
        assertThat(keep(directory, "seeds=[1, 2, 8]").remarks())
                .containsExactly(Changed.ADDED + "8.", Changed.LEFT_OUT + "5, 6.");
    }

    @Test
    void aChangedRecipeIsNamed() throws IOException {
        ExperimentDirectory directory = directory();
        keep(directory);
        Path recipe = here.resolve("recipes/judge.yaml");
        Files.writeString(recipe, Files.readString(recipe) + "# another\n");
        assertThatThrownBy(() -> keep(directory)).hasMessageContaining("the recipe of judge has changed");
    }

    private ExperimentDirectory directory() throws IOException {
        return new ExperimentDirectory(Files.createDirectories(folder.resolve("out")));
    }

    private Changed keep(ExperimentDirectory directory, String... settings) {
        Experiment experiment = Experiment.read(here.resolve(NAME), false, List.of(settings));
        return ExperimentInputs.keep(directory, experiment.seeds(), ExperimentInputs.of(experiment));
    }

    private static Map<String, String> inputs(Path place, String... settings) {
        return ExperimentInputs.of(Experiment.read(place.resolve(NAME), false, List.of(settings)));
    }
}
