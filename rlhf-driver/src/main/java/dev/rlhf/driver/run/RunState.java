package dev.rlhf.driver.run;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.run.StepReport;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.loop.LoopState;
import dev.rlhf.driver.observe.StageResult;
import dev.rlhf.driver.stage.StageScores;
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
 * @param results the finished stages; their number is the index of the present one
 */
record RunState(
        int stageSteps, int runSteps, LoopState loop, RecentSteps recent, double seconds, List<StageResult> results) {
    /** Before the first stage. */
    static final RunState START =
            new RunState(0, 0, new LoopState(List.of(), new WeightVersion(0), 0), RecentSteps.NONE, 0, List.of());

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
        return new RunState(stageSteps + 1, runSteps + 1, state, recent.with(report), seconds + tookSeconds, results);
    }

    RunState afterStage(StageRecipe stage, StageScores scores, double tookSeconds) {
        List<StageResult> longer = new ArrayList<>(results);
        longer.add(new StageResult(
                stage.name(),
                stage.kind(),
                stage.steps(),
                scores.accuracy(),
                recent.rewardMean(),
                recent.klMean(),
                scores.pairAccuracy(),
                seconds + tookSeconds));
        LoopState between = new LoopState(List.of(), scores.version(), 0);
        return new RunState(0, runSteps, between, RecentSteps.NONE, 0, longer);
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
