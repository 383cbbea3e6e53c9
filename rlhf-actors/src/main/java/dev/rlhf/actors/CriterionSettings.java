package dev.rlhf.actors;

import dev.rlhf.core.reward.RuleReward;
import dev.rlhf.core.update.NetworkSettings;

/** One term of the reward, in a form that can be sent to an actor. */
public sealed interface CriterionSettings {
    /** Name under which its scores are recorded. */
    String name();

    /** Factor of its scores in the sum. */
    double weight();

    /**
     * A rule.
     *
     * @param name name under which its scores are recorded
     * @param reward the rule itself
     * @param weight factor of its scores in the sum
     */
    record Rule(String name, RuleReward reward, double weight) implements CriterionSettings {}

    /**
     * A trained reward model.
     *
     * @param name name under which its scores are recorded
     * @param network how to open it
     * @param mean taken from each score
     * @param deviation divides what is left, above 0
     * @param weight factor of its scores in the sum
     */
    record Model(String name, NetworkSettings network, double mean, double deviation, double weight)
            implements CriterionSettings {}
}
