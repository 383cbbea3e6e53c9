package dev.rlhf.driver.run;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.loop.LoopState;
import dev.rlhf.core.run.Evaluation;
import dev.rlhf.core.run.Evaluations;
import dev.rlhf.core.run.RecentSteps;
import dev.rlhf.core.run.StepReport;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.observe.StageResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How far a run has come: all that a checkpoint holds beside the learners' states.
 *
 * @param stageSteps steps done of the present stage
 * @param runSteps steps done in the whole run
 * @param loop what the present stage's loop remembers
 * @param recent reward and KL of the last steps
 * @param seconds wall time of the present stage so far
 * @param evaluations evaluations of the present stage so far
 * @param results the finished stages; their number is the index of the present one
 */
record RunState(
        int stageSteps,
        int runSteps,
        LoopState loop,
        RecentSteps recent,
        double seconds,
        Evaluations evaluations,
        List<StageResult> results) {
    /** Before the first stage. */
    static final RunState START = between(0, new WeightVersion(0), List.of());

    private static final String FILE = "state.json";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    RunState {
        results = List.copyOf(results);
    }

    /** Index of the present stage, from 0. */
    int stage() {
        return results.size();
    }

    RunState afterStep(LoopState state, StepReport report, double tookSeconds) {
        return new RunState(
                stageSteps + 1, runSteps + 1, state, recent.with(report), seconds + tookSeconds, evaluations, results);
    }

    RunState afterEvaluation(Evaluation evaluation) {
        return new RunState(stageSteps, runSteps, loop, recent, seconds, evaluations.with(evaluation), results);
    }

    RunState afterTime(double tookSeconds) {
        return new RunState(stageSteps, runSteps, loop, recent, seconds + tookSeconds, evaluations, results);
    }

    RunState afterStage(StageRecipe stage, double tookSeconds) {
        List<StageResult> longer = new ArrayList<>(results);
        // Where nothing is trained, what is measured before the first step is what is measured at the end.
        Evaluations first = stage.steps() == 0 ? Evaluations.NONE : evaluations;
        longer.add(new StageResult(
                stage.name(),
                stage.kind(),
                stage.steps(),
                evaluations.after(Evaluation.ACCURACY),
                recent.rewardMean(),
                recent.klMean(),
                evaluations.after(Evaluation.PAIR_ACCURACY),
                seconds + tookSeconds,
                first.before(Evaluation.ACCURACY),
                first.before(Evaluation.PAIR_ACCURACY),
                evaluations.after(Evaluation.LOSS),
                first.before(Evaluation.LOSS),
                evaluations.best().map(Evaluation::step).orElse(null)));
        return between(runSteps, held(), longer);
    }

    /** The version of the weights that the generation servers hold. */
    WeightVersion held() {
        return evaluations.held(loop.version());
    }

    private static RunState between(int runSteps, WeightVersion held, List<StageResult> results) {
        return new RunState(
                0, runSteps, new LoopState(List.of(), held, 0), RecentSteps.NONE, 0, Evaluations.NONE, results);
    }

    void write(Path checkpoint) throws IOException {
        JSON.writerWithDefaultPrettyPrinter()
                .writeValue(checkpoint.resolve(FILE).toFile(), this);
    }

    static RunState read(Path checkpoint) {
        Path file = checkpoint.resolve(FILE);
        try {
            return JSON.readValue(file.toFile(), RunState.class);
        } catch (IOException e) {
            throw RlhfException.user("cannot read " + file + ": " + e.getMessage());
        }
    }
}
