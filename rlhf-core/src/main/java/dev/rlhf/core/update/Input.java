package dev.rlhf.core.update;

/** Something that is known of each response token before an update begins. */
public enum Input {
    /** Log-probs from the generation server. */
    ROLLOUT_LOG_PROBS,
    /** Log-probs of the learner's policy at the start of the update. */
    OLD_LOG_PROBS,
    /** Log-probs of the frozen reference policy. */
    REFERENCE_LOG_PROBS,
    /** The critic's values at the start of the update. */
    VALUES,
    /** Advantages. */
    ADVANTAGES,
    /** Regression targets of the critic. */
    RETURNS
}
