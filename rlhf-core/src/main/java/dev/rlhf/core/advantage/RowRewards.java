package dev.rlhf.core.advantage;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/** Whole-row rewards, and advantages that are the same for every token of a row. */
final class RowRewards {
    private static final float[][] NO_RETURNS = {};

    private RowRewards() {}

    /** Total reward of each row, [B]. */
    static double[] totals(AdvantageInput input) {
        return Arrays.stream(input.tokenRewards())
                .mapToDouble(row -> {
                    double sum = 0;
                    for (float reward : row) {
                        sum += reward;
                    }
                    return sum;
                })
                .toArray();
    }

    /** Rows with at least one unmasked token take part in means; the others have nothing to teach. */
    static boolean takesPart(boolean[] mask) {
        for (boolean trained : mask) {
            if (trained) {
                return true;
            }
        }
        return false;
    }

    /** One number a row, spread over its unmasked tokens. */
    static Advantages spread(AdvantageInput input, IntToDoubleFunction advantageOfRow) {
        float[][] advantages = new float[input.mask().length][];
        for (int i = 0; i < advantages.length; i++) {
            boolean[] mask = input.mask()[i];
            float value = (float) advantageOfRow.applyAsDouble(i);
            advantages[i] = new float[mask.length];
            for (int t = 0; t < mask.length; t++) {
                advantages[i][t] = mask[t] ? value : 0;
            }
        }
        return new Advantages(advantages, NO_RETURNS);
    }
}
