package dev.rlhf.driver.loop;

/** Where the distance from the reference policy is charged. */
public enum KlPlacement {
    /** Nowhere; the KL is still measured. */
    NONE,
    /** Subtracted from the reward of each token, as PPO does. */
    REWARD,
    /** Added to the loss, as GRPO does. */
    LOSS
}
