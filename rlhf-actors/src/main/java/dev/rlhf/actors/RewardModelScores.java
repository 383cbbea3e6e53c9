package dev.rlhf.actors;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.reward.RewardFunction;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.update.Network;
import java.util.Arrays;
import java.util.List;

/**
 * The scores of a trained reward model, whitened: (score − mean) ÷ deviation.
 *
 * @param network reward model
 * @param mean taken from each score
 * @param deviation divides what is left, above 0
 */
record RewardModelScores(Network network, double mean, double deviation) implements RewardFunction {
    @Override
    public double[][] score(List<RolloutGroup> groups) {
        List<TokenSequence> rows =
                groups.stream().flatMap(group -> group.sequences().stream()).toList();
        float[][] found = network.values(rows);
        double[] scores = Arrays.stream(found)
                .mapToDouble(score -> (score[0] - mean) / deviation)
                .toArray();
        return RewardFunction.byGroup(groups, scores);
    }
}
