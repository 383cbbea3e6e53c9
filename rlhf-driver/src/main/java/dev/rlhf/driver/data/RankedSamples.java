package dev.rlhf.driver.data;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;
import dev.rlhf.core.reward.RuleReward;
import dev.rlhf.core.rollout.SamplingParams;
import java.util.List;

/**
 * Pairs made for prompts with known answers: part truth against a corruption, part samples of the model ranked by a rule.
 *
 * @param prompts prompts with known answers
 * @param rankedBy rule that ranks samples
 * @param onPolicyShare share of pairs that are two samples; the others are truth against a corruption
 * @param pairs training pairs made
 * @param heldOutPairs pairs made for evaluation, from held-out prompts
 * @param temperature temperature of the samples
 * @param maxTokens token budget of a sample
 */
@Block(value = "data", kinds = "ranked-samples")
public record RankedSamples(
        PromptData prompts,
        RuleReward rankedBy,
        @Range(min = 0, max = 1) double onPolicyShare,
        @Range(min = 1) int pairs,
        @Range(min = 1) int heldOutPairs,
        @Range(above = 0) double temperature,
        @Range(min = 1) int maxTokens)
        implements PairData {
    /** Samples of each prompt, of which the best and the worst become a pair. */
    private static final int SAMPLES = 4;

    /** How samples are drawn. */
    public SamplingParams sampling() {
        return new SamplingParams(SAMPLES, temperature, 1, 0, maxTokens);
    }

    @Override
    public List<Draw> draws() {
        return List.of(new Draw(prompts, sampling()), new Draw(prompts.heldOutPart(), sampling()));
    }

    @Override
    public DataPart read(DataLoader loader) {
        return DataPart.of(
                "data.prompts",
                prompts.load(loader, maxTokens),
                prompts.heldOutPart().load(loader, maxTokens));
    }

    @Override
    public PreferenceSource open(PairStart start) {
        return RankedPairs.open(this, start);
    }
}
