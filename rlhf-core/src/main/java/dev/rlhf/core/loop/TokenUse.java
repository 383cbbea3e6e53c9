package dev.rlhf.core.loop;

import java.util.LinkedHashMap;
import java.util.Map;

/** What becomes of the tokens that a step draws, and what their advantages look like. */
final class TokenUse {
    private long drawn;
    private long filtered;
    private long masked;
    private long learnt;
    private double sum;
    private double squares;

    private TokenUse() {}

    /**
     * Numbers by name: tokens drawn, and those of them that teach nothing; mean and standard deviation of the advantages.
     *
     * @param drawn true on tokens that the policy drew, [B][T]
     * @param trained true on those of them that are learnt from, [B][T]
     * @param advantages advantages of the tokens, [B][T]
     */
    static Map<String, Double> of(boolean[][] drawn, boolean[][] trained, float[][] advantages) {
        TokenUse use = new TokenUse();
        for (int i = 0; i < drawn.length; i++) {
            use.add(drawn[i], trained[i], advantages[i]);
        }
        return use.numbers();
    }

    private void add(boolean[] drawnOfRow, boolean[] trained, float[] advantages) {
        int length = 0;
        int counted = 0;
        boolean moves = false;
        for (int t = 0; t < trained.length; t++) {
            length += drawnOfRow[t] ? 1 : 0;
            if (trained[t]) {
                counted++;
                sum += advantages[t];
                squares += (double) advantages[t] * advantages[t];
                moves |= advantages[t] != 0;
            }
        }
        drawn += length;
        learnt += counted;
        if (counted == 0) {
            masked += length;
        } else if (!moves) {
            filtered += length;
        }
    }

    private Map<String, Double> numbers() {
        double count = Math.max(1, learnt);
        double mean = sum / count;
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("advantage_mean", mean);
        metrics.put("advantage_std", Math.sqrt(Math.max(0, squares / count - mean * mean)));
        metrics.put("drawn_tokens", (double) drawn);
        metrics.put("filtered_tokens", (double) filtered);
        metrics.put("masked_tokens", (double) masked);
        return metrics;
    }
}
