package dev.rlhf.core.advantage;

/** How much better than expected each token was. */
public sealed interface AdvantageEstimator permits GeneralizedAdvantage, GroupRelative, LeaveOneOut, BatchBaseline {
    /** Estimates advantages, and returns where there is a critic. */
    Advantages estimate(AdvantageInput input);

    /** Whether it compares samples of one prompt, which therefore needs several. */
    default boolean comparesGroup() {
        return false;
    }

    /** Whether it needs the values of a critic. */
    default boolean needsCritic() {
        return false;
    }
}
