package dev.rlhf.core.loop;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Network;
import java.util.Arrays;
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
    /** The gap over all rows, of which the policy drew every token, as {@link #required}. */
    public double all(Network policy, List<TokenSequence> rows, float[][] server) {
        boolean[][] drawn = rows.stream().map(row -> Experience.of(row).mask()).toArray(boolean[][]::new);
        return required(policy.logProbs(rows, sampling.temperature()), server, drawn);
    }

    /**
     * Measures the gap where the learner has said nothing yet: over all rows at the first step, then over one row, another one
     * each step.
     *
     * @return the largest difference over these rows, in nats
     */
    double sampled(Network policy, Observed observed, int step) {
        int rows = observed.sequences().size();
        int first = step == 1 ? 0 : Math.floorMod(step, rows);
        int end = step == 1 ? rows : first + 1;
        List<TokenSequence> asked = observed.sequences().subList(first, end);
        return required(
                policy.logProbs(asked, sampling.temperature()),
                Arrays.copyOfRange(observed.rollout(), first, end),
                Arrays.copyOfRange(observed.drawn(), first, end));
    }

    /**
     * The largest difference over tokens that the policy drew and both have spoken of.
     *
     * @throws RlhfException RESOURCE when it is larger than what is allowed
     */
    double required(float[][] learner, float[][] server, boolean[][] drawn) {
        double gap = 0;
        for (int i = 0; i < learner.length; i++) {
            for (int t = 0; t < learner[i].length; t++) {
                if (drawn[i][t]) {
                    gap = Math.max(gap, difference(learner[i][t], server[i][t]));
                }
            }
        }
        if (!(gap <= largest)) {
            throw RlhfException.resource(
                    String.format(
                            Locale.ROOT,
                            "rollout_gap is %.3g: the generation server and the learner give the same token log-probs that"
                                    + " differ by so many nats (allowed: generation.largest-gap %.3g), so the samples are of another"
                                    + " distribution than the policy's; start vLLM with --logprobs-mode processed_logprobs, on the run's"
                                    + " own model, and in as many bits as the learner (--dtype float32), or raise the key"
                                    + " (a learner of precision: bfloat16 needs about 0.3)",
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
