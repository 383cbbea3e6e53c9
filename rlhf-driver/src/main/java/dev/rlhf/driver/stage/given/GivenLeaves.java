package dev.rlhf.driver.stage.given;

/** What a given model is to later stages. */
public enum GivenLeaves {
    /** A language model, which they can start from. */
    POLICY,
    /** A reward model, which scores for them and which a critic can start from. */
    REWARD_MODEL
}
