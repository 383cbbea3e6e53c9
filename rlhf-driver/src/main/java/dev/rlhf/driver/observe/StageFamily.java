package dev.rlhf.driver.observe;

import dev.rlhf.core.base.Constant;

/** What a stage learns from; it decides what its numbers mean. */
public enum StageFamily {
    /** Given answers. */
    IMITATION,
    /** Pairs of a better and a worse answer, or answers that are marked as good or bad. */
    PAIRS,
    /** Rewards of the model's own answers. */
    REWARDS;

    /** Whether a number of words.yaml, "loss" or "loss/pairs", is meant for such stages. */
    boolean has(String key) {
        return !key.contains("/") || key.endsWith("/" + Constant.text(this));
    }
}
