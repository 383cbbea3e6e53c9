package dev.rlhf.driver.report;

import dev.rlhf.driver.config.PolicyStage;
import dev.rlhf.driver.config.SftStage;
import dev.rlhf.driver.config.StageRecipe;

/** What a stage learns from; it decides what its numbers mean. */
enum StageFamily {
    /** Given answers. */
    IMITATION,
    /** Pairs of a better and a worse answer. */
    PAIRS,
    /** Rewards of the model's own answers. */
    REWARDS;

    static StageFamily of(StageRecipe stage) {
        if (stage instanceof SftStage) {
            return IMITATION;
        }
        return stage instanceof PolicyStage ? REWARDS : PAIRS;
    }
}
