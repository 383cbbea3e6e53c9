package dev.rlhf.core.advantage;

/**
 * What an estimator found.
 *
 * @param advantages [B][T], 0 on masked tokens
 * @param returns regression targets of the critic, [B][T], or length 0 without a critic
 */
public record Advantages(float[][] advantages, float[][] returns) {}
