package dev.rlhf.driver.run;

import dev.rlhf.actors.ActorLost;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.run.Evaluation;
import dev.rlhf.core.run.StepReport;
import dev.rlhf.driver.checkpoint.CheckpointStore;
import dev.rlhf.driver.checkpoint.DurableDirectory;
import dev.rlhf.driver.config.EvaluationRecipe;
import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.observe.RunObserver;
import dev.rlhf.driver.observe.StageEvaluation;
import dev.rlhf.driver.observe.StageResult;
import dev.rlhf.driver.observe.StageStarted;
import dev.rlhf.driver.observe.StageStep;
import dev.rlhf.driver.observe.Summary;
import dev.rlhf.driver.recipe.StageKinds;
import dev.rlhf.driver.stage.Stage;
import dev.rlhf.driver.stage.StageContext;
import dev.rlhf.driver.stage.StageStart;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Takes a run through its stages; a lost learner sends it back to the newest checkpoint. */
final class TrainingRun {
    /** Folder of the learners' states in a checkpoint. */
    static final String LEARNERS = "learners";

    private static final int MOST_LOSSES = 5;
    private static final double NANOS = 1e9;

    private final StageContext context;
    private final CheckpointStore checkpoints;
    private final RunObserver observer;
    private final List<StageRecipe> stages;
    private RunState state = RunState.START;
    private Optional<Path> learners = Optional.empty();

    TrainingRun(StageContext context, RunObserver observer) {
        Recipe recipe = context.recipe();
        this.context = context;
        this.observer = observer;
        this.stages = recipe.stages();
        this.checkpoints = new CheckpointStore(
                context.directory().checkpoints(), recipe.checkpoint().keep());
    }

    /**
     * Runs what is left of the run; where it was {@code resumed}, it says from where it goes on.
     *
     * @param evaluatedAnew names of the stages that have another evaluation than before
     */
    Summary run(boolean resumed, Set<String> evaluatedAnew) {
        goBack();
        if (resumed) {
            observer.notice(
                    state.runSteps() > 0 || state.stage() > 0
                            ? "going on after step " + state.runSteps()
                            : "there is no checkpoint; beginning at step 1");
        }
        int losses = 0;
        while (state.stage() < stages.size()) {
            try {
                runStage(stages.get(state.stage()), evaluatedAnew);
            } catch (RlhfException failure) {
                if (!ActorLost.caused(failure) || ++losses > MOST_LOSSES) {
                    throw failure;
                }
                goBack();
                observer.notice(failure.getMessage() + "; going on after step " + state.runSteps());
            }
        }
        return new Summary(state.results());
    }

    private void runStage(StageRecipe recipe, Set<String> evaluatedAnew) {
        long opened = System.nanoTime();
        observer.stageStarted(new StageStarted(
                recipe.name(), recipe.kind(), state.stage() + 1, stages.size(), recipe.steps(), state.stageSteps()));
        Stage stage = StageKinds.open(context, recipe, new StageStart(state.loop(), learners));
        double opening = seconds(opened);
        boolean before = state.stageSteps() == 0 && recipe.evaluatedAfter(0);
        boolean again = state.stageSteps() == recipe.steps() && evaluatedAnew.contains(recipe.name());
        if (before || again) {
            evaluate(recipe, stage);
        }
        while (state.stageSteps() < recipe.steps()) {
            int step = state.stageSteps() + 1;
            StepReport report = told(recipe, "step " + step, () -> stage.loop().step(step));
            double took = report.seconds().getOrDefault("step", 0.0) + opening;
            opening = 0;
            state = state.afterStep(stage.loop().state(), report, took);
            if (recipe.evaluatedAfter(step)) {
                report = report.with(evaluate(recipe, stage));
            }
            observer.stepDone(new StageStep(recipe.name(), state.runSteps(), report));
            if (isDue() || isLast(step, recipe)) {
                save(stage);
            }
        }
        finish(recipe, stage);
    }

    private boolean isDue() {
        return state.runSteps() % context.recipe().checkpoint().everySteps() == 0;
    }

    /** The last step of the run is kept with its learners, from which a longer run can go on. */
    private boolean isLast(int step, StageRecipe recipe) {
        return step == recipe.steps() && state.stage() == stages.size() - 1;
    }

    /** Measures the present model and keeps it when it is the best of the stage so far; returns the numbers. */
    private Map<String, Double> evaluate(StageRecipe recipe, Stage stage) {
        long begin = System.nanoTime();
        int step = state.stageSteps();
        Evaluation evaluation = told(
                recipe,
                "evaluation after step " + step,
                () -> stage.evaluate(step, state.held().next()));
        state = state.afterEvaluation(evaluation);
        EvaluationRecipe settings = recipe.evaluation();
        if (settings != null
                && settings.keepBest()
                && state.evaluations()
                        .best()
                        .filter(best -> best.step() == step)
                        .isPresent()) {
            DurableDirectory.write(context.directory().best(recipe.name()), stage::saveModel);
        }
        double took = seconds(begin);
        state = state.afterTime(took);
        if (!evaluation.values().isEmpty()) {
            observer.evaluated(new StageEvaluation(recipe.name(), state.runSteps(), evaluation, took));
        }
        return evaluation.values();
    }

    /** What fails says where; numbers that are not finite are as a rule those of too high a learning rate. */
    private static <T> T told(StageRecipe recipe, String where, Supplier<T> work) {
        try {
            return work.get();
        } catch (RlhfException failure) {
            String advice = failure.kind() == ErrorKind.DIVERGED
                    ? "; the checkpoints are as they were; run again with a lower stages." + recipe.name()
                            + ".optimiser.learning-rate"
                    : "";
            throw new RlhfException(
                    failure.kind(),
                    "stage " + recipe.name() + ", " + where + ": " + failure.getMessage() + advice,
                    failure);
        }
    }

    private void finish(StageRecipe recipe, Stage stage) {
        long begin = System.nanoTime();
        told(recipe, "at its end", () -> {
            stage.finish();
            return recipe;
        });
        state = state.afterStage(recipe, seconds(begin));
        learners = Optional.empty();
        if (state.stage() < stages.size()) {
            checkpoint(state::write);
        }
        observer.stageFinished(state.results().get(state.results().size() - 1));
    }

    private void save(Stage stage) {
        checkpoint(folder -> {
            stage.loop().saveLearners(folder.resolve(LEARNERS));
            state.write(folder);
        });
    }

    private void checkpoint(DurableDirectory.Content content) {
        long begin = System.nanoTime();
        observer.checkpointing();
        checkpoints.save(state.runSteps(), content);
        observer.checkpointed(state.runSteps(), seconds(begin));
    }

    /** To the newest whole checkpoint, or to the start where there is none. */
    private void goBack() {
        Optional<Path> checkpoint = checkpoints.latest(observer::notice);
        state = checkpoint.map(RunState::read).orElse(RunState.START);
        learners = checkpoint.map(folder -> folder.resolve(LEARNERS)).filter(folder -> state.stageSteps() > 0);
        state.results().forEach(result -> requireWhole(context.directory().stage(result.name())));
        checkpoints.dropAfter(state.runSteps());
        observer.rewound(
                state.runSteps(),
                state.results().stream().map(StageResult::name).collect(Collectors.toSet()));
    }

    private static void requireWhole(Path model) {
        DurableDirectory.flaw(model).ifPresent(flaw -> {
            throw RlhfException.resource(
                    "the model " + model + " of a finished stage is damaged: " + flaw
                            + "; start the run again in an empty folder (--out)",
                    null);
        });
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / NANOS;
    }
}
