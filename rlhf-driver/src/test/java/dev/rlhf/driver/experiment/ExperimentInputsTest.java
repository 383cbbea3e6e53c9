package dev.rlhf.driver.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.driver.checkpoint.DurableFiles;
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
    private static final ExperimentInputs.Changed SAME = new ExperimentInputs.Changed(false, false);

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
        assertThat(ExperimentInputs.keep(directory, inputs(here))).isEqualTo(SAME);

        assertThat(ExperimentInputs.keep(directory, inputs(here, "seeds=[1, 2, 3, 4, 5, 6]")))
                .isEqualTo(SAME);
        assertThat(ExperimentInputs.keep(directory, inputs(here, "comparisons=[]")))
                .isEqualTo(new ExperimentInputs.Changed(false, true));
        assertThatThrownBy(() -> ExperimentInputs.keep(directory, inputs(here, "parts.policy.settings=[]")))
                .hasMessageContaining("the grid has changed since the experiment in");
    }

    @Test
    void aChangedRecipeIsNamed() throws IOException {
        ExperimentDirectory directory = directory();
        ExperimentInputs.keep(directory, inputs(here));
        Path recipe = here.resolve("recipes/judge.yaml");
        Files.writeString(recipe, Files.readString(recipe) + "# another\n");
        assertThatThrownBy(() -> ExperimentInputs.keep(directory, inputs(here)))
                .hasMessageContaining("the recipe of judge has changed");
    }

    private ExperimentDirectory directory() throws IOException {
        return new ExperimentDirectory(Files.createDirectories(folder.resolve("out")));
    }

    private static Map<String, String> inputs(Path place, String... settings) {
        return ExperimentInputs.of(Experiment.read(place.resolve(NAME), false, List.of(settings)));
    }
}
