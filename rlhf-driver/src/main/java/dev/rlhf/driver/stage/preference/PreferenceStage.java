package dev.rlhf.driver.stage.preference;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Changeable;
import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.Range;
import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.core.update.PreferenceLoss;
import dev.rlhf.driver.config.EvaluationRecipe;
import dev.rlhf.driver.config.PairStage;
import dev.rlhf.driver.data.PairData;
import org.jspecify.annotations.Nullable;

/**
 * Learning from preferences without a reward model.
 *
 * <p>Its kinds share one shape and differ in their loss.
 *
 * @param name name that later stages refer to
 * @param kind {@code dpo}, {@code ipo} or {@code kto}
 * @param from stage whose weights it and its reference start from, or base
 * @param steps training steps
 * @param batchSize pairs of a step
 * @param microBatchTokens most positions of one forward and backward pass; a prompt that rows share counts once
 * @param data the pairs
 * @param objective the loss
 * @param optimiser AdamW
 * @param evaluation how the model is measured on data it does not train on; null measures it at its end alone
 */
@Block(
        value = "stage",
        kinds = {"dpo", "ipo", "kto"})
public record PreferenceStage(
        String name,
        String kind,
        String from,
        @Range(min = 1) int steps,
        @Range(min = 1) int batchSize,
        @Range(min = 1) int microBatchTokens,
        PairData data,
        PreferenceLoss objective,
        OptimiserSettings optimiser,
        @Changeable @Nullable EvaluationRecipe evaluation)
        implements PairStage {
    /** Checks what one key asks of another; throws USER naming the key. */
    public PreferenceStage {
        KeyException.require(
                batchSize >= objective.leastPairs(),
                "batch-size",
                "must be at least " + objective.leastPairs() + ", since the loss compares pairs with each other");
    }

    @Override
    public boolean leavesPolicy() {
        return true;
    }
}
