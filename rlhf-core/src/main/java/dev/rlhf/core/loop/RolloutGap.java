package dev.rlhf.core.loop;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Input;
import dev.rlhf.core.update.Needs;
import dev.rlhf.core.update.Network;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.core.update.TrainingBatch;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How far the server's log-probs are from the learner's.
 *
 * <p>They are of the same weights, so they may differ by rounding only. A larger gap means that the server samples another
 * distribution than the one that learns, and everything learnt from its samples would be wrong.
 *
 * <p>As a term of a loss it adds nothing to it: it looks at what an update computes anyway, before a weight changes.
 *
 * @param sampling how the samples were drawn
 * @param largest gap above which the loop stops, in nats
 */
public record RolloutGap(SamplingParams sampling, double largest) implements Objective {
    /** What the gap is called among the numbers of a step. */
    static final String NAME = "rollout_gap";

    @Override
    public Needs needs() {
        return Needs.reading(Output.LOG_PROBS).with(Input.ROLLOUT_LOG_PROBS);
    }

    @Override
    public boolean moves(Experience row) {
        return false;
    }

    @Override
    public Prepared prepare(TrainingBatch batch, Optional<TokenOutputs> firstPass) {
        return (firstRow, outputs, sum) -> {
            for (int i = 0; i < outputs.logProbs().length; i++) {
                Experience row = batch.rows().get(firstRow + i);
                sum.largest(NAME, required(outputs.logProbs()[i], row.get(Input.ROLLOUT_LOG_PROBS), row.mask()));
            }
        };
    }

    /** The gap over all rows, of which the policy drew every token, as {@link #required}. */
    public double all(Network policy, List<TokenSequence> rows, float[][] server) {
        boolean[][] drawn = rows.stream().map(row -> Experience.of(row).mask()).toArray(boolean[][]::new);
        return required(policy.logProbs(rows, sampling.temperature()), server, drawn);
    }

    /**
     * The largest difference over tokens that the policy drew and both have spoken of.
     *
     * @throws RlhfException RESOURCE when it is larger than what is allowed
     */
    double required(float[][] learner, float[][] server, boolean[][] drawn) {
        double gap = 0;
        for (int i = 0; i < learner.length; i++) {
            gap = Math.max(gap, required(learner[i], server[i], drawn[i]));
        }
        return gap;
    }

    private double required(float[] learner, float[] server, boolean[] drawn) {
        double gap = 0;
        for (int t = 0; t < learner.length; t++) {
            if (drawn[t]) {
                gap = Math.max(gap, difference(learner[t], server[t]));
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
