package dev.rlhf.core.advantage;

/** How much better than expected each token was. */
public interface AdvantageEstimator {
    /** Estimates advantages, and returns where there is a critic. */
    Advantages estimate(AdvantageInput input);
}
