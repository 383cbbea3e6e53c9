package dev.rlhf.core.sync;

import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Network;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A fixed sequence and what the learner says of it, by which a server shows that it has the learner's weights.
 *
 * <p>A server may confirm a version that it does not have: it kept a copy of some weights, was restarted, or is another
 * architecture of the same shapes. Its log-probs cannot lie.
 *
 * @param tokens the sequence, [L], at least two
 * @param logProbs log-prob at temperature 1 of each token after the first, [L−1]
 * @param tolerance largest difference of a log-prob that counts as equal, in nats, above 0
 */
public record Canary(int[] tokens, float[] logProbs, double tolerance) {
    private static final Seed SEED = new Seed(2504_12501);
    private static final int LENGTH = 16;

    /** What {@code network} says of the sequence of a model with this vocabulary and context. */
    public static Canary of(Network network, int vocabulary, int contextLength, double tolerance) {
        int[] tokens = sequence(vocabulary, contextLength);
        TokenSequence row = row(tokens);
        return new Canary(tokens, network.logProbs(List.of(row), 1)[0], tolerance);
    }

    /** The sequence of a model: drawn once for all, the last token of the vocabulary at its end. */
    public static int[] sequence(int vocabulary, int contextLength) {
        RandomGenerator random = SEED.random();
        int[] tokens = new int[Math.max(2, Math.min(LENGTH, contextLength))];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = random.nextInt(vocabulary);
        }
        tokens[tokens.length - 1] = vocabulary - 1;
        return tokens;
    }

    /** A sequence as a row whose first token is the prompt. */
    public static TokenSequence row(int[] tokens) {
        int[] first = {tokens[0]};
        int[] rest = Arrays.copyOfRange(tokens, 1, tokens.length);
        return TokenSequence.of(first, rest);
    }

    /** Largest difference between these log-probs and {@code served}, [L−1], in nats; infinite where there are more or fewer. */
    public double gap(float[] served) {
        if (served.length != logProbs.length) {
            return Double.POSITIVE_INFINITY;
        }
        double largest = 0;
        for (int i = 0; i < served.length; i++) {
            double gap = Math.abs((double) served[i] - logProbs[i]);
            largest = Math.max(largest, gap);
        }
        return largest;
    }
}
