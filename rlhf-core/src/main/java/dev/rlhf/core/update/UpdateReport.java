package dev.rlhf.core.update;

import java.util.Map;

/**
 * What one optimiser step did.
 *
 * @param loss loss of the whole batch
 * @param gradientNorm global L2 norm before clipping
 * @param learningRate rate used by this step
 * @param tokens tokens in the batch, prompts included
 * @param statistics means over the trained tokens or rows by name, e.g. {@code clip_fraction}, {@code approximate_kl}, and the largest
 *     of what is told so
 */
public record UpdateReport(
        double loss, double gradientNorm, double learningRate, int tokens, Map<String, Double> statistics) {}
