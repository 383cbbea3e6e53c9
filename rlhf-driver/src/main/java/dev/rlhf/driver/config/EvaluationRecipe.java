package dev.rlhf.driver.config;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.Range;
import dev.rlhf.core.reward.RewardNames;
import dev.rlhf.core.reward.RewardRecipe;
import dev.rlhf.core.reward.RuleReward;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.driver.data.Draw;
import dev.rlhf.driver.data.PromptData;
import java.util.List;
import java.util.stream.Stream;
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
 * @param samples answers drawn to each prompt at temperature 1 beside the greedy one; 0 draws none
 * @param rewards what the drawn answers are scored by; the first one selects the best of several and says who wins
 */
@Block("evaluation")
public record EvaluationRecipe(
        @Range(min = 0) int everySteps,
        boolean keepBest,
        @Nullable PromptData data,
        RuleReward reward,
        @Range(min = 1) int limit,
        @Range(min = 1) int maxTokens,
        @Range(min = 0) int samples,
        List<RewardRecipe> rewards) {
    /** Keeps its own copy of {@code rewards} and checks what one key asks of another; throws USER naming the key. */
    public EvaluationRecipe {
        rewards = List.copyOf(rewards);
        KeyException.require(samples == 0 || data != null, "data", "must name the prompts that samples answers");
        KeyException.require(
                samples > 0 || rewards.isEmpty(), "samples", "must be at least 1 where rewards score drawn answers");
        RewardNames.of(rewards);
        RewardChecks.requireFit(rewards, maxTokens);
    }

    /** Names under which the scores of {@code rewards} are recorded, in their order; no two are equal. */
    public List<String> rewardNames() {
        return RewardNames.of(rewards);
    }

    /** How the one answer is drawn that each prompt always has. */
    public SamplingParams greedy() {
        return SamplingParams.greedy(maxTokens);
    }

    /** How {@code samples} answers are drawn, at least one: from the model's own distribution, whole. */
    public SamplingParams sampling() {
        return new SamplingParams(samples, 1, 1, 0, maxTokens);
    }

    /** What an evaluation draws, nothing where it has no prompts. */
    public static List<Draw> draws(@Nullable EvaluationRecipe evaluation) {
        PromptData data = evaluation == null ? null : evaluation.data();
        if (evaluation == null || data == null) {
            return List.of();
        }
        Stream<SamplingParams> drawn = evaluation.samples() == 0 ? Stream.empty() : Stream.of(evaluation.sampling());
        return Stream.concat(Stream.of(evaluation.greedy()), drawn)
                .map(sampling -> new Draw(data, sampling))
                .toList();
    }
}
