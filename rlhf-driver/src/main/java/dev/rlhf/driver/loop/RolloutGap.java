package dev.rlhf.driver.loop;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.update.Network;
import java.util.List;
import java.util.Locale;

/**
 * How far the server's log-probs are from the learner's.
 *
 * <p>They are of the same weights, so they may differ by rounding only. A larger gap means that the server samples another
 * distribution than the one that learns, and everything learnt from its samples would be wrong.
 *
 * @param sampling how the samples were drawn
 * @param largest gap above which the loop stops, in nats
 */
public record RolloutGap(SamplingParams sampling, double largest) {
    /** The gap over all rows, as {@link #required}. */
    public double all(Network policy, List<TokenSequence> rows, float[][] server) {
        return required(policy.evaluate(rows, sampling.temperature()).logProbs(), server, 0);
    }

    /**
     * Measures the gap where the learner has said nothing yet: over all rows at the first step, then over one row, another one
     * each step.
     *
     * @return the largest difference over these rows, in nats
     */
    double sampled(Network policy, List<TokenSequence> rows, float[][] server, int step) {
        if (step == 1) {
            return all(policy, rows, server);
        }
        int row = Math.floorMod(step, rows.size());
        List<TokenSequence> one = rows.subList(row, row + 1);
        return required(policy.evaluate(one, sampling.temperature()).logProbs(), server, row);
    }

    /**
     * The largest difference over rows that both have spoken of.
     *
     * @param first index in {@code server} of the learner's first row
     * @throws RlhfException RESOURCE when it is larger than what is allowed
     */
    double required(float[][] learner, float[][] server, int first) {
        double gap = 0;
        for (int i = 0; i < learner.length; i++) {
            for (int t = 0; t < learner[i].length; t++) {
                gap = Math.max(gap, difference(learner[i][t], server[first + i][t]));
            }
        }
        if (!(gap <= largest)) {
            throw RlhfException.resource(
                    String.format(
                            Locale.ROOT,
                            "rollout_gap is %.3g: the generation server and the learner give the same token log-probs that"
                                    + " differ by so many nats (allowed: generation.largest-gap %.3g), so the samples are of another"
                                    + " distribution than the policy's; start vLLM with --logprobs-mode processed_logprobs, on the run's"
                                    + " own model, and in as many bits as the learner (--dtype float32) or raise the key",
                            gap,
                            largest),
                    null);
        }
        return gap;
    }

    /** Where top-p or top-k leave tokens out, vLLM shares their mass out: what it says may then be more, but never less. */
    private double difference(double learner, double server) {
        return truncated(sampling) ? Math.max(0, learner - server) : Math.abs(learner - server);
    }

    /** Whether some tokens cannot be drawn. */
    static boolean truncated(SamplingParams sampling) {
        return sampling.topP() < 1 || sampling.topK() > 0;
    }
}
