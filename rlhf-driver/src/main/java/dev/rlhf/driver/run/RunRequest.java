package dev.rlhf.driver.run;

import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.InputFile;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.RunDirectory;
import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.config.Setting;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.observe.MetricsAddress;
import dev.rlhf.driver.recipe.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the command line asks for.
 *
 * @param recipe the recipe, completed
 * @param recipeText the recipe as given
 * @param settings all settings that were ever made over it
 * @param directory the run's directory
 * @param resumed the recipe of the run that is there and shall go on, or empty for a new run
 * @param options what has no influence on what the run comes to
 */
public record RunRequest(
        Recipe recipe,
        String recipeText,
        List<Setting> settings,
        Path directory,
        Optional<Recipe> resumed,
        Options options) {
    /**
     * What has no influence on what a run comes to.
     *
     * @param metrics where the Prometheus endpoint listens, or empty for none
     * @param acceptChangedInputs whether to go on although files that the recipe points to have changed
     */
    public record Options(Optional<MetricsAddress> metrics, boolean acceptChangedInputs) {}

    /** Keeps its own copy of {@code settings}. */
    public RunRequest {
        settings = List.copyOf(settings);
    }

    /** A new run of a recipe; throws USER naming what is wrong with it. */
    public static RunRequest begin(Path file, List<String> settings, Path directory, Options options) {
        List<Setting> made = settings.stream().map(Setting::here).toList();
        return new RunRequest(Recipes.readWith(file, made), text(file), made, directory, Optional.empty(), options);
    }

    /**
     * The run in {@code directory} once more: its own recipe with its own settings, and {@code settings} over them.
     *
     * @param file the recipe again, which may have changed since; or empty for the run's own
     * @throws RlhfException USER when there is no run, or naming what is wrong with the recipe
     */
    public static RunRequest resume(Optional<Path> file, List<String> settings, Path directory, Options options) {
        RunDirectory run = new RunDirectory(directory);
        if (!Files.exists(run.resolved())) {
            throw RlhfException.user("there is no run to resume in " + directory + "; leave --resume out");
        }
        List<Setting> made = settings.stream().map(Setting::here).toList();
        List<Setting> all = Stream.concat(SettingsFile.read(run.settings()).stream(), made.stream())
                .toList();
        String own = text(run.recipe());
        String text = file.map(RunRequest::text).orElse(own);
        // The same text may have been read from another place, or have had other defaults: what the run has resolved
        // counts.
        Recipe recipe = file.isPresent() && !text.equals(own)
                ? Recipes.readWith(file.get(), all)
                : Recipes.readWith(run.resolved(), made);
        Recipe before = Recipes.read(run.resolved(), List.of());
        return new RunRequest(recipe, text, all, directory, Optional.of(before), options);
    }

    /** Settings that the run in the directory does not have yet; a new run gets them when it begins. */
    public List<Setting> unsaved() {
        List<Setting> missing = new ArrayList<>(settings);
        SettingsFile.read(new RunDirectory(directory).settings()).forEach(missing::remove);
        return missing;
    }

    /** The same in another directory. */
    public RunRequest in(Path other) {
        return new RunRequest(recipe, recipeText, settings, other, resumed, options);
    }

    /** Whether to go on with a run that is there. */
    boolean resume() {
        return resumed.isPresent();
    }

    /** Names of the stages that have another evaluation than the run so far. */
    Set<String> evaluatedAnew() {
        Map<String, StageRecipe> before = resumed.map(Recipe::stages).orElse(List.of()).stream()
                .collect(Collectors.toMap(StageRecipe::name, stage -> stage));
        return recipe.stages().stream()
                .filter(stage -> before.containsKey(stage.name())
                        && !Objects.equals(before.get(stage.name()).evaluation(), stage.evaluation()))
                .map(StageRecipe::name)
                .collect(Collectors.toSet());
    }

    /** Whether the recipe is not the text that the run has. */
    boolean edited() {
        return resume() && !recipeText.equals(text(new RunDirectory(directory).recipe()));
    }

    private static String text(Path file) {
        InputFile.require(file);
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw RlhfException.user("cannot read " + file + ": " + FileFault.reason(e));
        }
    }
}
