package dev.rlhf.driver.data;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;
import dev.rlhf.core.reward.RuleReward;
import dev.rlhf.core.rollout.SamplingParams;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pairs made for prompts with known answers: part truth against a corruption, part samples of the model ranked by a rule.
 *
 * @param prompts prompts with known answers
 * @param rankedBy rule that ranks samples
 * @param onPolicyShare share of pairs that are two samples; the others are truth against a corruption
 * @param pairs training pairs made; of the share that is samples, each is of a prompt of its own, drawn once and trained on
 *     again and again, and prompts whose samples are all worth the same make none; corruptions never end
 * @param heldOutPairs pairs made for evaluation, from held-out prompts
 * @param labelNoise share of training pairs whose labels are swapped; pairs made for evaluation stay true
 * @param temperature temperature of the samples
 * @param maxTokens token budget of a sample
 * @param pairsOf optional: an earlier stage with the same start and the same data block, whose pairs these are; without it they
 *     are drawn anew
 */
@Block(value = "data", kinds = "ranked-samples")
public record RankedSamples(
        PromptData prompts,
        RuleReward rankedBy,
        @Range(min = 0, max = 1) double onPolicyShare,
        @Range(min = 1) int pairs,
        @Range(min = 1) int heldOutPairs,
        @Range(min = 0, max = 0.5) double labelNoise,
        @Range(above = 0) double temperature,
        @Range(min = 1) int maxTokens,
        @Nullable String pairsOf)
        implements PairData {
    /** Samples of each prompt, of which the best and the worst become a pair. */
    private static final int SAMPLES = 4;

    /** How samples are drawn. */
    public SamplingParams sampling() {
        return new SamplingParams(SAMPLES, temperature, 1, 0, maxTokens);
    }

    @Override
    public PairData withoutPairsOf() {
        return new RankedSamples(
                prompts, rankedBy, onPolicyShare, pairs, heldOutPairs, labelNoise, temperature, maxTokens, null);
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
