package dev.rlhf.driver.report;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.config.PolicyStage;
import dev.rlhf.driver.config.PreferenceStage;
import dev.rlhf.driver.config.RewardModelStage;
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
        } else if (stage instanceof RewardModelStage || stage instanceof PreferenceStage) {
            return PAIRS;
        } else if (stage instanceof PolicyStage) {
            return REWARDS;
        }
        throw RlhfException.bug("the report knows no family of stages for " + stage.kind());
    }
}
