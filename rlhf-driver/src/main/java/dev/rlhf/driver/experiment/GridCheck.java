package dev.rlhf.driver.experiment;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.config.Setting;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.recipe.Recipes;
import dev.rlhf.driver.stage.given.GivenStage;
import dev.rlhf.experiment.design.Cell;
import dev.rlhf.experiment.design.Experiment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Looks at every run of an experiment before the first one begins. */
final class GridCheck {
    private final Experiment experiment;
    private final ExperimentDirectory directory;
    private final Path here;

    /** {@code here} is what relative paths in settings are relative to. */
    GridCheck(Experiment experiment, ExperimentDirectory directory, Path here) {
        this.experiment = experiment;
        this.directory = directory;
        this.here = here;
    }

    /** Throws USER naming the first run whose recipe cannot be read with its settings, or has no stage that is asked about. */
    void check() {
        experiment.parts().forEach(part -> {
            if (!Files.isRegularFile(part.recipe())) {
                throw RlhfException.user("parts." + part.name() + ".recipe: there is no " + part.recipe());
            }
        });
        experiment.cells().forEach(this::check);
    }

    private void check(Cell cell) {
        Recipe recipe = recipe(cell);
        recipe.stages().forEach(stage -> {
            if (stage instanceof GivenStage given) {
                check(cell, given);
            }
        });
        List<String> stages = recipe.stages().stream().map(StageRecipe::name).toList();
        experiment.measures().stream()
                .filter(measure -> measure.part().equals(cell.part()))
                .forEach(measure -> require(stages, measure.stage(), "measures." + measure.name() + ".stage"));
        experiment.curves().stream()
                .filter(curve -> curve.part().equals(cell.part()))
                .forEach(curve -> require(stages, curve.stage(), "the curve '" + curve.title() + "'"));
    }

    /** A model that no part makes must be there already. */
    private void check(Cell cell, GivenStage stage) {
        boolean isMade = experiment.before(cell).stream()
                .anyMatch(earlier -> stage.path()
                        .toAbsolutePath()
                        .normalize()
                        .startsWith(directory.run(earlier).root()));
        if (!isMade && !Files.isDirectory(stage.path())) {
            String key = "stages." + stage.name() + ".path";
            throw RlhfException.user("run " + cell.id() + ": " + key + ": no such model directory: " + stage.path()
                    + "; where a part makes it, set it in the settings of " + cell.part() + ", as " + key
                    + "={part}/stages/" + stage.name());
        }
    }

    private Recipe recipe(Cell cell) {
        List<Setting> settings = experiment
                .settings(cell, earlier -> directory.run(earlier).root())
                .stream()
                .map(setting -> new Setting(setting, here))
                .toList();
        try {
            return Recipes.readWith(experiment.part(cell.part()).recipe(), settings);
        } catch (RlhfException mistake) {
            throw new RlhfException(mistake.kind(), "run " + cell.id() + ": " + mistake.getMessage(), mistake);
        }
    }

    private static void require(List<String> stages, String stage, String key) {
        if (!stages.contains(stage)) {
            throw RlhfException.user(
                    key + ": there is no stage '" + stage + "' (there are: " + String.join(", ", stages) + ")");
        }
    }
}
