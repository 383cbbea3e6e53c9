package dev.rlhf.driver.observe;

/** What a stage learns from; it decides what its numbers mean. */
public enum StageFamily {
    /** Given answers. */
    IMITATION,
    /** Pairs of a better and a worse answer, or answers that are marked as good or bad. */
    PAIRS,
    /** Rewards of the model's own answers. */
    REWARDS
}
