package dev.rlhf.core.loop;

import dev.rlhf.core.update.Learner;
import dev.rlhf.core.update.Objective;

/**
 * The value model and how it learns.
 *
 * @param learner value network
 * @param objective value loss
 * @param warmupSteps first steps of the stage in which only the critic learns, at least 0
 */
public record Critic(Learner learner, Objective objective, int warmupSteps) {}
