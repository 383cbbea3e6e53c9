package dev.rlhf.driver.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.experiment.design.Cell;
import dev.rlhf.experiment.design.Curve;
import dev.rlhf.experiment.design.Experiment;
import dev.rlhf.experiment.design.Measure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What experiments say of recipes is so, for every run of their grids. */
class ShippedExperimentsTest {
    @ParameterizedTest
    @MethodSource("dev.rlhf.driver.experiment.ShippedExperiments#files")
    void everyRunIsARecipeThatHasWhatIsMeasured(Path file) {
        Experiment experiment = Experiment.read(file, false, List.of());
        assertThat(file.getFileName()).hasToString(experiment.name() + ".yaml");
        for (Cell cell : experiment.cells()) {
            Recipe recipe = ShippedExperiments.recipe(experiment, cell, Path.of("/nowhere"));
            assertThat(recipe.seed()).isEqualTo(cell.seed());
            assertThat(recipe.stages().stream().map(StageRecipe::name).toList())
                    .as("stages of %s", cell)
                    .containsAll(stagesAskedAbout(experiment, cell.part()));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.rlhf.driver.experiment.ShippedExperiments#files")
    void fullSettingsAreTaken(Path file) {
        Experiment small = Experiment.read(file, false, List.of());
        if (!small.full().isEmpty()) {
            Experiment full = Experiment.read(file, true, List.of());
            assertThat(full.seeds()).hasSizeGreaterThan(small.seeds().size());
            full.cells().forEach(cell -> ShippedExperiments.recipe(full, cell, Path.of("/nowhere")));
        }
    }

    private static List<String> stagesAskedAbout(Experiment experiment, String part) {
        List<String> stages = new ArrayList<>();
        experiment.measures().stream()
                .filter(measure -> measure.part().equals(part))
                .map(Measure::stage)
                .forEach(stages::add);
        experiment.curves().stream()
                .filter(curve -> curve.part().equals(part))
                .map(Curve::stage)
                .forEach(stages::add);
        return stages;
    }
}
