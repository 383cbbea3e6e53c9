package dev.rlhf.core.reward;

import dev.rlhf.core.rollout.RolloutGroup;
import java.util.List;

/** Turns completions into rewards with their components; {@code Rubric} is one, a reward actor is another. */
public interface Scorer {
    /**
     * Scores every completion.
     *
     * @param groups [G] groups of [n] completions
     * @return one scored group a group, [G], in the same order
     * @throws dev.rlhf.core.base.RlhfException BUG when a score is not finite
     */
    List<ScoredGroup> score(List<RolloutGroup> groups);
}
