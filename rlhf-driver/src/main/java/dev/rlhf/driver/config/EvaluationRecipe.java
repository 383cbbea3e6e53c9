package dev.rlhf.driver.config;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;
import dev.rlhf.core.reward.RuleReward;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.driver.data.Draw;
import dev.rlhf.driver.data.PromptData;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a stage's model is measured on data it does not train on.
 *
 * <p>What the stage's own data holds out is always measured: the loss, of pairs their ranking as well.
 *
 * @param everySteps steps between two evaluations, the first before the first step; 0 evaluates at the end alone
 * @param keepBest whether the model of the best evaluation is kept in {@code best/}
 * @param data optional: held-out prompts with answers, completed greedily
 * @param reward rule whose mean is the accuracy
 * @param limit most prompts
 * @param maxTokens token budget of a completion
 */
@Block("evaluation")
public record EvaluationRecipe(
        @Range(min = 0) int everySteps,
        boolean keepBest,
        @Nullable PromptData data,
        RuleReward reward,
        @Range(min = 1) int limit,
        @Range(min = 1) int maxTokens) {
    /** What an evaluation draws, nothing where it has no prompts. */
    public static List<Draw> draws(@Nullable EvaluationRecipe evaluation) {
        PromptData data = evaluation == null ? null : evaluation.data();
        return evaluation == null || data == null
                ? List.of()
                : List.of(new Draw(data, SamplingParams.greedy(evaluation.maxTokens())));
    }
}
