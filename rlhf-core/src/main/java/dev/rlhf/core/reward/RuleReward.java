package dev.rlhf.core.reward;

import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.RolloutGroup;
import java.util.List;

/** A reward that looks at one completion at a time and needs nothing but its keys. */
public interface RuleReward extends RewardRecipe, RewardFunction {
    /** The score of one completion. */
    double score(Prompt prompt, Completion completion);

    @Override
    default double[][] score(List<RolloutGroup> groups) {
        return RewardFunction.each(this::score).score(groups);
    }

    @Override
    default RewardFunction open(RewardContext context) {
        return this;
    }
}
