package dev.rlhf.driver.run;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.loop.LearnerNames;
import dev.rlhf.driver.checkpoint.CheckpointStore;
import dev.rlhf.driver.checkpoint.RunDirectory;
import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.recipe.Recipes;
import dev.rlhf.learner.DjlLearner;
import dev.rlhf.learner.files.Checkpoint;
import dev.rlhf.learner.model.ModelConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A network of a run that can leave it.
 *
 * @param weights its safetensors file, or the directory of several
 * @param companions the model directory with the configuration and the tokenizer that belong to it
 * @param base the model the run began with, whose number format is kept
 */
public record ExportSource(Path weights, Path companions, Path base) {
    /** The network's weights; USER naming the file when it is missing or damaged. */
    public Checkpoint network() {
        return Files.isDirectory(weights) ? Checkpoint.ofDirectory(weights) : Checkpoint.ofFile(weights);
    }

    /** The model a run has left, or a model directory itself; throws USER saying what there is as long as there is none. */
    public static ExportSource ofModel(RunDirectory run) {
        if (!Files.exists(run.resolved()) && Files.exists(run.root().resolve(ModelConfig.FILE))) {
            return new ExportSource(run.root(), run.root(), run.root());
        }
        return whole(run, run.model())
                .orElseThrow(() -> RlhfException.user("there is no model in " + run.model()
                        + ": the run has not ended; its newest checkpoint is exported by --from-checkpoint, a finished stage by --stage ("
                        + listed(run) + ")"));
    }

    /** The model a stage has left; throws USER with the stages there are. */
    public static ExportSource ofStage(RunDirectory run, String name) {
        boolean known =
                recipe(run).stages().stream().anyMatch(stage -> stage.name().equals(name));
        return Optional.of(run.stage(name))
                .filter(folder -> known)
                .flatMap(folder -> whole(run, folder))
                .orElseThrow(() -> RlhfException.user(
                        (known ? "the stage " + name + " is not finished" : "there is no stage " + name)
                                + "; the stages of this run: " + listed(run)));
    }

    /**
     * The network that a checkpoint is in the middle of.
     *
     * @param name its folder, e.g. {@code step-000025}; empty for the newest one that holds a network
     * @throws RlhfException USER with the checkpoints there are
     */
    public static ExportSource ofCheckpoint(RunDirectory run, Optional<String> name) {
        Recipe recipe = recipe(run);
        CheckpointStore store =
                new CheckpointStore(run.checkpoints(), recipe.checkpoint().keep());
        List<Path> held = store.newestFirst().stream()
                .filter(checkpoint -> Files.exists(policy(checkpoint)))
                .toList();
        Path checkpoint = held.stream()
                .filter(folder -> name.isEmpty() || name.get().equals(String.valueOf(folder.getFileName())))
                .findFirst()
                .orElseThrow(() -> RlhfException.user(
                        "there is no checkpoint " + name.map(text -> text + " ").orElse("")
                                + "with a network in " + run.checkpoints() + "; those with one: " + names(held)
                                + "; a finished stage is exported by --stage (" + listed(run) + ")"));
        CheckpointStore.flaw(checkpoint).ifPresent(flaw -> {
            throw RlhfException.user(
                    "the checkpoint " + checkpoint + " is damaged: " + flaw + "; choose another one: " + names(held));
        });
        StageRecipe stage = recipe.stages().get(RunState.read(checkpoint).stage());
        Path base = base(run, recipe);
        return new ExportSource(
                policy(checkpoint), stage.from().equals(Recipe.BASE) ? base : run.stage(stage.from()), base);
    }

    /** The stages of a run: name, kind and whether they have left a model. */
    public static List<String> stages(RunDirectory run) {
        return recipe(run).stages().stream()
                .map(stage -> stage.name() + " (" + stage.kind()
                        + (Files.exists(run.stage(stage.name())) ? "" : ", not finished") + ")")
                .toList();
    }

    private static String listed(RunDirectory run) {
        return String.join(", ", stages(run));
    }

    private static Optional<ExportSource> whole(RunDirectory run, Path model) {
        return Files.exists(model.resolve(Checkpoint.FILE)) || Files.exists(model.resolve(Checkpoint.INDEX))
                ? Optional.of(new ExportSource(model, model, base(run, recipe(run))))
                : Optional.empty();
    }

    private static Path base(RunDirectory run, Recipe recipe) {
        return recipe.model().place(run.base());
    }

    private static Recipe recipe(RunDirectory run) {
        if (!Files.exists(run.resolved())) {
            throw RlhfException.user("there is no run in " + run.root() + ", and no model directory");
        }
        return Recipes.read(run.resolved(), List.of());
    }

    private static Path policy(Path checkpoint) {
        return checkpoint
                .resolve(TrainingRun.LEARNERS)
                .resolve(LearnerNames.POLICY)
                .resolve(DjlLearner.WEIGHTS);
    }

    private static String names(List<Path> checkpoints) {
        return checkpoints.isEmpty()
                ? "none"
                : checkpoints.stream()
                        .map(folder -> String.valueOf(folder.getFileName()))
                        .collect(Collectors.joining(", "));
    }
}
