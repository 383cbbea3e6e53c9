package dev.rlhf.core.loop;

import dev.rlhf.core.reward.Scorer;
import dev.rlhf.core.rollout.RolloutEngine;
import dev.rlhf.core.update.Learner;
import dev.rlhf.core.update.Network;
import java.util.Optional;

/**
 * Who does the work of an on-policy loop.
 *
 * @param rollouts draws completions
 * @param scorer scores them
 * @param policy learns
 * @param reference frozen reference policy, or empty where no KL is charged
 * @param critic value model, or empty
 * @param sync publishes new weights
 */
public record PolicyActors(
        RolloutEngine rollouts,
        Scorer scorer,
        Learner policy,
        Optional<Network> reference,
        Optional<Critic> critic,
        WeightSync sync) {}
