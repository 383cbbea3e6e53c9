package dev.rlhf.driver.stage;

import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.update.Learner;
import dev.rlhf.driver.checkpoint.DurableDirectory;
import dev.rlhf.driver.config.EvaluationRecipe;
import dev.rlhf.driver.config.StageRecipe;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The end of a stage that leaves a policy. */
final class PolicyOutput {
    private PolicyOutput() {}

    /** Saves the policy as the stage's model and evaluates it where the recipe asks for it. */
    static StageScores write(
            StageContext context, StageRecipe stage, Learner policy, WeightVersion version, @Nullable Double pairs) {
        Path model = context.directory().stage(stage.name());
        DurableDirectory.write(model, policy::save);
        EvaluationRecipe evaluation = stage.evaluation();
        if (evaluation == null) {
            return new StageScores(null, pairs, version);
        }
        WeightVersion next = version.next();
        return new StageScores(HeldOutEvaluation.accuracy(context, evaluation, policy, next), pairs, next);
    }
}
