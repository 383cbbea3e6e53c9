package dev.rlhf.core.advantage;

import dev.rlhf.core.base.Block;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * REINFORCE with a baseline: the reward minus the mean reward of the batch.
 *
 * <p>A_i = s_i − mean(s), divided by √(unbiased variance + 1e-8) when whitened. Source: Williams 1992; Lambert, chapter on
 * policy gradients.
 *
 * @param whiten whether to divide by the deviation over the batch
 */
@Block(value = "advantage", kinds = "batch-baseline")
public record BatchBaseline(boolean whiten) implements AdvantageEstimator {
    private static final double EPSILON = 1e-8;

    @Override
    public Advantages estimate(AdvantageInput input) {
        double[] totals = RowRewards.totals(input);
        double[] counted = IntStream.range(0, totals.length)
                .filter(i -> RowRewards.takesPart(input.mask()[i]))
                .mapToDouble(i -> totals[i])
                .toArray();
        double mean = Arrays.stream(counted).average().orElse(0);
        double squares =
                Arrays.stream(counted).map(s -> (s - mean) * (s - mean)).sum();
        double variance = counted.length < 2 ? 0 : squares / (counted.length - 1);
        double scale = whiten ? 1 / Math.sqrt(variance + EPSILON) : 1;
        return RowRewards.spread(input, i -> (totals[i] - mean) * scale);
    }
}
