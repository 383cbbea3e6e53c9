package dev.rlhf.driver.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.config.Setting;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.observe.ProgressLine;
import dev.rlhf.driver.run.RunLauncher;
import dev.rlhf.driver.run.RunRequest;
import dev.rlhf.experiment.design.Cell;
import dev.rlhf.experiment.design.Experiment;
import dev.rlhf.experiment.design.Measure;
import dev.rlhf.experiment.result.CellResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Of every experiment the last run and those it builds on, the first steps of each: they have all that is measured. */
class ShippedExperimentsIT {
    private static final int STEPS = 2;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @MethodSource("dev.rlhf.driver.experiment.ShippedExperiments#files")
    void theLastRunHasAllThatIsMeasured(Path file) {
        Experiment experiment = Experiment.read(file, false, List.of());
        ExperimentDirectory directory = new ExperimentDirectory(folder);
        CellReader reader = new CellReader(experiment, directory);
        List<Cell> cells = experiment.cells();
        Set<Cell> wanted = new LinkedHashSet<>();
        addWithForerunners(experiment, cells.get(cells.size() - 1), wanted);
        for (Cell cell : wanted) {
            run(experiment, cell);
            CellResult result = reader.read(cell);
            assertThat(result.values()).hasSize((int) experiment.measures().stream()
                    .map(Measure::part)
                    .filter(cell.part()::equals)
                    .count());
            assertThat(result.curves().values())
                    .as("curves of %s", cell)
                    .allSatisfy(points -> assertThat(points).isNotEmpty());
        }
    }

    private static void addWithForerunners(Experiment experiment, Cell cell, Set<Cell> wanted) {
        experiment.before(cell).forEach(earlier -> addWithForerunners(experiment, earlier, wanted));
        wanted.add(cell);
    }

    private void run(Experiment experiment, Cell cell) {
        Recipe recipe = ShippedExperiments.recipe(experiment, cell, folder);
        List<String> settings = new ArrayList<>(ShippedExperiments.settings(experiment, cell, folder).stream()
                .map(Setting::text)
                .toList());
        for (StageRecipe stage : recipe.stages()) {
            if (stage.steps() > STEPS) {
                settings.add("stages." + stage.name() + ".steps=" + STEPS);
            }
            if (stage.evaluation() != null) {
                settings.add("stages." + stage.name() + ".evaluation.limit=10");
            }
        }
        RunLauncher.launch(
                RunRequest.begin(
                        experiment.part(cell.part()).recipe(),
                        settings,
                        new ExperimentDirectory(folder).run(cell).root(),
                        new RunRequest.Options(Optional.empty(), false)),
                new ProgressLine(System.out, false));
    }
}
