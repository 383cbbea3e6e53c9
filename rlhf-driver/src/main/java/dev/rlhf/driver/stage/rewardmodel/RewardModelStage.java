package dev.rlhf.driver.stage.rewardmodel;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Changeable;
import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.Range;
import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.core.update.ScoreLoss;
import dev.rlhf.driver.config.EvaluationRecipe;
import dev.rlhf.driver.config.PairStage;
import dev.rlhf.driver.data.PairData;
import org.jspecify.annotations.Nullable;

/**
 * A reward model trained on preference pairs.
 *
 * @param name name that later stages refer to
 * @param kind {@code reward-model}
 * @param from stage whose weights it starts from, or base
 * @param steps training steps
 * @param batchSize pairs of a step
 * @param microBatchTokens most positions of one forward and backward pass; a prompt that rows share counts once
 * @param data the pairs
 * @param objective the loss
 * @param optimiser AdamW
 * @param evaluation how the model is measured on data it does not train on; null measures it at its end alone
 */
@Block(value = "stage", kinds = "reward-model")
public record RewardModelStage(
        String name,
        String kind,
        String from,
        @Range(min = 1) int steps,
        @Range(min = 1) int batchSize,
        @Range(min = 1) int microBatchTokens,
        PairData data,
        ScoreLoss objective,
        OptimiserSettings optimiser,
        @Changeable @Nullable EvaluationRecipe evaluation)
        implements PairStage {
    /** Checks that it is judged by its held-out pairs alone; throws USER naming the key. */
    public RewardModelStage {
        KeyException.require(
                evaluation == null || evaluation.data() == null,
                "evaluation.data",
                "is of no use to a reward model, which writes no answers; its held-out pairs judge it");
    }

    @Override
    public boolean leavesPolicy() {
        return false;
    }
}
