package dev.rlhf.core.loop;

import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Objective;
import java.util.List;
import java.util.Map;

/**
 * The scored samples of one step, ready to learn from.
 *
 * @param rows one row a completion, [B]
 * @param objective what the policy is updated by
 * @param metrics what the samples look like: rewards, KL, lengths
 */
record ExperienceBatch(List<Experience> rows, Objective objective, Map<String, Double> metrics) {}
