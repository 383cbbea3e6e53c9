package dev.rlhf.driver.observe;

import org.jspecify.annotations.Nullable;

/**
 * What a stage came to; null where a stage has no such number.
 *
 * @param name its name
 * @param kind its kind in the recipe
 * @param steps training steps
 * @param evalAccuracy mean of the evaluation's rule over held-out prompts
 * @param rewardMean mean reward of the last steps' samples
 * @param kl mean KL to the reference over the last steps, in nats a sequence
 * @param pairAccuracy share of held-out pairs ranked right
 * @param seconds wall time
 */
public record StageResult(
        String name,
        String kind,
        int steps,
        @Nullable Double evalAccuracy,
        @Nullable Double rewardMean,
        @Nullable Double kl,
        @Nullable Double pairAccuracy,
        double seconds) {}
