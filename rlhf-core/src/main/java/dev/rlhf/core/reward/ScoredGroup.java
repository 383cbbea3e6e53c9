package dev.rlhf.core.reward;

import dev.rlhf.core.rollout.RolloutGroup;
import java.util.Map;

/**
 * A group and what its completions were worth.
 *
 * @param group prompt and completions, [n]
 * @param rewards weighted sum of the components, [n]
 * @param components unweighted score of each criterion by name, each [n]
 */
public record ScoredGroup(RolloutGroup group, double[] rewards, Map<String, double[]> components) {}
