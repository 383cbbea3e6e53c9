package dev.rlhf.core.loop;

import dev.rlhf.core.advantage.AdvantageInput;
import dev.rlhf.core.advantage.Advantages;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.update.KlEstimator;
import dev.rlhf.core.update.Objective;
import java.util.function.DoubleFunction;
import java.util.function.Function;

/**
 * What an on-policy algorithm is made of; PPO, GRPO, RLOO and REINFORCE differ in these values alone.
 *
 * @param promptsPerStep prompts drawn a step, at least 1
 * @param sampling how completions are drawn
 * @param advantage advantage estimator
 * @param objective policy loss for a KL coefficient β (which only a KL in the loss uses)
 * @param klInReward whether the KL penalty is subtracted from the reward of each token, as PPO does
 * @param klEstimator per-token estimator of a KL in the reward
 * @param epochsPerBatch passes over the samples of a step, at least 1
 * @param miniBatches optimiser steps a pass, at least 1
 * @param maskTruncated whether responses that were cut off at the token budget are not learnt from
 * @param largestGap largest difference between what server and learner say of one token before the loop stops, in nats
 * @param seed seed of the stage
 */
public record PolicySettings(
        int promptsPerStep,
        SamplingParams sampling,
        Function<AdvantageInput, Advantages> advantage,
        DoubleFunction<Objective> objective,
        boolean klInReward,
        KlEstimator klEstimator,
        int epochsPerBatch,
        int miniBatches,
        boolean maskTruncated,
        double largestGap,
        Seed seed) {
    /** Whether all samples go through one update, so that the ratio to the sampling policy is 1 by definition. */
    boolean singleUpdate() {
        return epochsPerBatch == 1 && miniBatches == 1;
    }
}
