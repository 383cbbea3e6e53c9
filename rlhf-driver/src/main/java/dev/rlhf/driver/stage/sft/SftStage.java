package dev.rlhf.driver.stage.sft;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Changeable;
import dev.rlhf.core.base.Range;
import dev.rlhf.core.update.EntropyTerm;
import dev.rlhf.core.update.Likelihood;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.core.update.Reduction;
import dev.rlhf.driver.config.EvaluationRecipe;
import dev.rlhf.driver.config.LearningStage;
import dev.rlhf.driver.data.CompletionData;
import org.jspecify.annotations.Nullable;

/**
 * Supervised fine-tuning.
 *
 * @param name name that later stages refer to
 * @param kind {@code sft}
 * @param from stage whose weights it starts from, or base
 * @param steps training steps
 * @param batchSize examples of a step
 * @param microBatchTokens most positions of one forward and backward pass; a prompt that rows share counts once
 * @param data examples to imitate
 * @param reduction how token losses become one number
 * @param optimiser AdamW
 * @param evaluation how the model is measured on data it does not train on; null measures it at its end alone
 */
@Block(value = "stage", kinds = "sft")
public record SftStage(
        String name,
        String kind,
        String from,
        @Range(min = 1) int steps,
        @Range(min = 1) int batchSize,
        @Range(min = 1) int microBatchTokens,
        CompletionData data,
        Reduction reduction,
        OptimiserSettings optimiser,
        @Changeable @Nullable EvaluationRecipe evaluation)
        implements LearningStage {
    @Override
    public boolean leavesPolicy() {
        return true;
    }

    /** The loss, and the entropy beside it. */
    public Objective objective() {
        return Objective.sum(new Likelihood(reduction), new EntropyTerm(0, reduction));
    }
}
