package dev.rlhf.driver.config;

import dev.rlhf.core.reward.ExactMatch;
import dev.rlhf.core.reward.NumericAnswer;
import dev.rlhf.core.reward.PositionMatch;
import dev.rlhf.core.reward.RuleReward;

/** A reward that compares a completion with the known answer. */
public enum RuleName {
    /** 1 when the text equals the answer. */
    EXACT_MATCH(new ExactMatch()),
    /** Share of characters in their right place. */
    POSITION_MATCH(new PositionMatch()),
    /** 1 when the final number equals the answer's. */
    NUMERIC_ANSWER(new NumericAnswer());

    @SuppressWarnings("ImmutableEnumChecker") // the rules are records without components
    private final RuleReward reward;

    RuleName(RuleReward reward) {
        this.reward = reward;
    }

    /** The rule itself. */
    public RuleReward reward() {
        return reward;
    }
}
