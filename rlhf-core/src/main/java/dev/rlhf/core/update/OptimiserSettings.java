package dev.rlhf.core.update;

import dev.rlhf.core.base.RlhfException;

/**
 * AdamW with a learning-rate schedule and global-norm clipping (Loshchilov &amp; Hutter, arXiv 1711.05101).
 *
 * @param learningRate peak rate, above 0
 * @param schedule shape after the warm-up
 * @param warmupSteps steps of linear growth from 0, at least 0
 * @param totalSteps steps after which the rate stays at its floor, at least 1
 * @param finalFraction floor as a share of the peak, in [0, 1]
 * @param beta1 decay of the first moment, in [0, 1)
 * @param beta2 decay of the second moment, in [0, 1)
 * @param epsilon added to the root of the second moment, above 0
 * @param weightDecay decoupled decay of matrices (vectors are not decayed), at least 0
 * @param maxGradientNorm global L2 norm above which gradients are scaled down, above 0
 */
public record OptimiserSettings(
        double learningRate,
        Schedule schedule,
        int warmupSteps,
        int totalSteps,
        double finalFraction,
        double beta1,
        double beta2,
        double epsilon,
        double weightDecay,
        double maxGradientNorm) {

    /** Shape of the learning rate after the warm-up. */
    public enum Schedule {
        /** Stays at the peak. */
        CONSTANT,
        /** Falls on a straight line to the floor. */
        LINEAR,
        /** Falls on half a cosine to the floor. */
        COSINE
    }

    /** Checks the ranges; throws USER naming the key. */
    public OptimiserSettings {
        require(learningRate > 0, "learning-rate must be above 0, not " + learningRate);
        require(warmupSteps >= 0, "warmup-steps must be at least 0, not " + warmupSteps);
        require(totalSteps >= 1, "the number of optimiser steps must be at least 1, not " + totalSteps);
        require(finalFraction >= 0 && finalFraction <= 1, "final-fraction must be in [0, 1], not " + finalFraction);
        require(beta1 >= 0 && beta1 < 1, "beta1 must be in [0, 1), not " + beta1);
        require(beta2 >= 0 && beta2 < 1, "beta2 must be in [0, 1), not " + beta2);
        require(epsilon > 0, "epsilon must be above 0, not " + epsilon);
        require(weightDecay >= 0, "weight-decay must be at least 0, not " + weightDecay);
        require(maxGradientNorm > 0, "max-gradient-norm must be above 0, not " + maxGradientNorm);
    }

    /** The rate of optimiser step {@code step}, counted from 1. */
    public double rate(long step) {
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

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw RlhfException.user(message);
        }
    }
}
