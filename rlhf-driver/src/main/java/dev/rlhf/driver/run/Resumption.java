package dev.rlhf.driver.run;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.update.OptimiserSettings.Schedule;
import dev.rlhf.driver.checkpoint.CheckpointStore;
import dev.rlhf.driver.checkpoint.RunDirectory;
import dev.rlhf.driver.config.LearningStage;
import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.config.RecipeChange;
import dev.rlhf.driver.config.RunIdentity;
import dev.rlhf.driver.config.Setting;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.observe.RunObserver;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether a run may go on: as the same run, on the same files. */
final class Resumption {
    private Resumption() {}

    /**
     * Checks what is asked for against what the run is, and says what is new.
     *
     * @param before the recipe the run has so far
     * @return what the recipe points to now
     * @throws RlhfException USER naming the key, or the file, that must not have changed
     */
    static RunInputs check(RunRequest request, Recipe before, RunDirectory directory, RunObserver observer) {
        List<RecipeChange> changes = RunIdentity.changes(before, request.recipe());
        changes.forEach(change ->
                observer.notice(change.key() + " is " + change.after() + " from now on; it was " + change.before()));
        if (request.edited() && !request.settings().isEmpty()) {
            observer.notice("over the recipe, which was edited, the run's settings still hold: "
                    + request.settings().stream().map(Setting::text).collect(Collectors.joining(", ")));
        }
        if (!changes.isEmpty()) {
            checkStages(request.recipe(), before, directory, observer);
        }
        RunInputs now = RunInputs.of(request.recipe());
        Optional<RunInputs> recorded = RunInputs.read(directory.inputs());
        if (recorded.isEmpty()) {
            observer.notice("this run has no " + directory.inputs().getFileName()
                    + ": whether its files are those it began with is not known; from now on it is");
            return now;
        }
        List<String> differences = recorded.get().differences(now);
        if (!differences.isEmpty() && !request.options().acceptChangedInputs()) {
            throw RlhfException.user(
                    "cannot resume on other files: " + differences.get(0) + more(differences)
                            + "; put it back as it was when the run began, or add --accept-changed-inputs to go on all the same");
        }
        differences.forEach(what -> observer.notice("going on although " + what + ", as --accept-changed-inputs says"));
        return now;
    }

    private static String more(List<String> differences) {
        return differences.size() == 1 ? "" : ", and " + (differences.size() - 1) + " more";
    }

    /** Steps that are done stay done, and what a finished stage left is not measured again. */
    private static void checkStages(Recipe recipe, Recipe before, RunDirectory directory, RunObserver observer) {
        RunState state = new CheckpointStore(
                        directory.checkpoints(), recipe.checkpoint().keep())
                .latest(flaw -> {})
                .map(RunState::read)
                .orElse(RunState.START);
        for (int i = 0; i < before.stages().size(); i++) {
            StageRecipe old = before.stages().get(i);
            StageRecipe stage = recipe.stages().get(i);
            boolean finished = i < state.stage();
            int done = finished ? old.steps() : i == state.stage() ? state.stageSteps() : 0;
            if (stage.steps() < done || (finished && stage.steps() != done)) {
                throw RlhfException.user("stages." + stage.name() + ".steps: "
                        + (finished
                                ? "the stage is finished, after " + done + " steps"
                                : "the stage has done " + done + " steps already")
                        + "; it cannot have " + stage.steps());
            }
            if (stage.steps() != old.steps() && isScheduled(stage)) {
                observer.notice("the learning rate of " + stage.name() + " now follows its schedule over "
                        + stage.steps() + " steps instead of " + old.steps());
            }
            if (finished && !Objects.equals(stage.evaluation(), old.evaluation())) {
                observer.notice("the stage " + stage.name() + " is finished and is not evaluated again");
            }
        }
    }

    private static boolean isScheduled(StageRecipe stage) {
        return stage instanceof LearningStage learning && learning.optimiser().schedule() != Schedule.CONSTANT;
    }
}
