package dev.rlhf.driver.experiment;

import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.config.Setting;
import dev.rlhf.driver.recipe.Recipes;
import dev.rlhf.experiment.design.Cell;
import dev.rlhf.experiment.design.Experiment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The experiments of the project. */
final class ShippedExperiments {
    static final Path FOLDER = Path.of("..", "experiments").toAbsolutePath().normalize();

    private ShippedExperiments() {}

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    /** The settings of a run, those it builds on being below {@code root}. */
    static List<Setting> settings(Experiment experiment, Cell cell, Path root) {
        ExperimentDirectory directory = new ExperimentDirectory(root);
        return experiment.settings(cell, earlier -> directory.run(earlier).root()).stream()
                .map(setting -> new Setting(setting, FOLDER))
                .toList();
    }

    static Recipe recipe(Experiment experiment, Cell cell, Path root) {
        return Recipes.readWith(experiment.part(cell.part()).recipe(), settings(experiment, cell, root));
    }
}
