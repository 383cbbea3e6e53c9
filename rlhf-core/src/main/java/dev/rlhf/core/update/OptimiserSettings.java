package dev.rlhf.core.update;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;

/**
 * AdamW with a learning-rate schedule and global-norm clipping (Loshchilov &amp; Hutter, arXiv 1711.05101).
 *
 * @param learningRate peak rate; each kind of stage has a default of its own
 * @param schedule shape after the warm-up
 * @param warmupSteps optimiser steps of linear growth from 0
 * @param finalFraction floor of the rate as a share of its peak
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon added to the root of the second moment
 * @param weightDecay decoupled decay of matrices; vectors are not decayed
 * @param maxGradientNorm global L2 norm above which gradients are scaled down
 */
@Block("optimiser")
public record OptimiserSettings(
        @Range(above = 0) double learningRate,
        Schedule schedule,
        @Range(min = 0) int warmupSteps,
        @Range(min = 0, max = 1) double finalFraction,
        @Range(min = 0, below = 1) double beta1,
        @Range(min = 0, below = 1) double beta2,
        @Range(above = 0) double epsilon,
        @Range(min = 0) double weightDecay,
        @Range(above = 0) double maxGradientNorm) {

    /** Shape of the learning rate after the warm-up. */
    public enum Schedule {
        /** Stays at the peak. */
        CONSTANT,
        /** Falls on a straight line to the floor. */
        LINEAR,
        /** Falls on half a cosine to the floor. */
        COSINE
    }

    /** The rate of optimiser step {@code step}, counted from 1; it stays at its floor after {@code totalSteps}. */
    public double rate(long step, int totalSteps) {
        if (step <= warmupSteps) {
            return learningRate * step / warmupSteps;
        }
        double progress = Math.min(1.0, (double) (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
        double shape = switch (schedule) {
            case CONSTANT -> 1.0;
            case LINEAR -> 1.0 - progress;
            case COSINE -> 0.5 * (1.0 + Math.cos(Math.PI * progress));
        };
        return schedule == Schedule.CONSTANT
                ? learningRate
                : learningRate * (finalFraction + (1.0 - finalFraction) * shape);
    }
}
