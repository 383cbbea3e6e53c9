package dev.rlhf.serve;

import dev.rlhf.core.base.RlhfException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * The next token's distribution.
 *
 * <p>Log-probs are log-softmax(logits / temperature) over the <em>whole</em> vocabulary, also when top-p or top-k narrow what is
 * drawn: it is what a learner computes of the same token. At temperature 0 they are those of temperature 1.
 */
final class Distribution {
    private final double[] scaled;
    private final double logNormaliser;
    private final boolean greedy;

    /**
     * Of logits [V].
     *
     * @throws RlhfException DIVERGED when they have NaN or +∞, or −∞ alone
     */
    Distribution(float[] logits, double temperature) {
        greedy = temperature == 0;
        scaled = new double[logits.length];
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < logits.length; i++) {
            scaled[i] = greedy ? logits[i] : logits[i] / temperature;
            if (!(scaled[i] < Double.POSITIVE_INFINITY)) {
                throw RlhfException.diverged(
                        "the model gives " + scaled[i] + " for token " + i + "; its weights are broken");
            }
            largest = Math.max(largest, scaled[i]);
        }
        if (largest == Double.NEGATIVE_INFINITY) {
            throw RlhfException.diverged("the model gives no token a chance; its weights are broken");
        }
        double sum = 0;
        for (double logit : scaled) {
            sum += Math.exp(logit - largest);
        }
        logNormaliser = largest + Math.log(sum);
    }

    double logProb(int token) {
        return scaled[token] - logNormaliser;
    }

    /** Draws a token; the most likely one at temperature 0, the lower id of equals. */
    int draw(RandomGenerator random, double topP, int topK) {
        if (greedy) {
            return mostLikely(1).get(0);
        }
        if (topP >= 1 && (topK == 0 || topK >= scaled.length)) {
            return drawFromAll(random.nextDouble());
        }
        return drawFromKept(random.nextDouble(), topP, topK);
    }

    /** The {@code count} most likely tokens, best first. */
    List<Integer> mostLikely(int count) {
        if (count == 1) {
            int best = 0;
            for (int i = 1; i < scaled.length; i++) {
                best = scaled[i] > scaled[best] ? i : best;
            }
            return List.of(best);
        }
        return IntStream.range(0, scaled.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -scaled[i]).thenComparing(i -> i))
                .limit(count)
                .toList();
    }

    private int drawFromAll(double point) {
        double reached = 0;
        for (int i = 0; i < scaled.length; i++) {
            reached += Math.exp(scaled[i] - logNormaliser);
            if (point < reached) {
                return i;
            }
        }
        // Rounding may leave the sum a hair below 1.
        return mostLikely(1).get(0);
    }

    private int drawFromKept(double point, double topP, int topK) {
        List<Integer> sorted = mostLikely(topK == 0 ? scaled.length : topK);
        List<Integer> kept = new ArrayList<>();
        double all = sorted.stream().mapToDouble(this::probability).sum();
        double mass = 0;
        for (int token : sorted) {
            kept.add(token);
            mass += probability(token);
            if (mass >= topP * all) {
                break;
            }
        }
        double reached = 0;
        for (int token : kept) {
            reached += probability(token) / mass;
            if (point < reached) {
                return token;
            }
        }
        return kept.get(kept.size() - 1);
    }

    private double probability(int token) {
        return Math.exp(logProb(token));
    }
}
