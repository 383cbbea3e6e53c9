package dev.rlhf.core.measure;

import dev.rlhf.core.base.RlhfException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What a reward pays for length where length earns nothing: between answers of equal gold score.
 *
 * <p>Reward r and length l lose their means within each group of equal gold score, r̃ and l̃; slope = Σ r̃·l̃ / Σ l̃², the regression of
 * reward on length with an intercept for each group. A reward without a length bias has slope 0.
 *
 * @param slope reward of one more token; empty where within no group the lengths differ
 * @param rewardPerToken Σ r / Σ l over all answers; empty where no answer has a token
 */
public record LengthSlope(OptionalDouble slope, OptionalDouble rewardPerToken) {
    /**
     * Of some answers.
     *
     * @param rewards r, [N]
     * @param lengths l, in tokens, [N]
     * @param gold what the answers are worth in truth, [N]
     * @throws RlhfException BUG when the arrays differ in length
     */
    public static LengthSlope of(double[] rewards, int[] lengths, double[] gold) {
        if (rewards.length != lengths.length || rewards.length != gold.length) {
            throw RlhfException.bug(
                    rewards.length + " rewards, " + lengths.length + " lengths and " + gold.length + " gold scores");
        }
        Map<Double, Group> groups = new HashMap<>();
        Group[] own = new Group[rewards.length];
        Group all = new Group();
        for (int i = 0; i < rewards.length; i++) {
            // −0 is 0.
            own[i] = groups.computeIfAbsent(gold[i] + 0.0, score -> new Group());
            own[i].add(rewards[i], lengths[i]);
            all.add(rewards[i], lengths[i]);
        }
        double covariance = 0;
        double variance = 0;
        for (int i = 0; i < rewards.length; i++) {
            double length = lengths[i] - own[i].lengths / own[i].count;
            covariance += (rewards[i] - own[i].rewards / own[i].count) * length;
            variance += length * length;
        }
        return new LengthSlope(ratio(covariance, variance), ratio(all.rewards, all.lengths));
    }

    private static OptionalDouble ratio(double above, double below) {
        return below == 0 ? OptionalDouble.empty() : OptionalDouble.of(above / below);
    }

    /** Answers of equal gold score, summed. */
    private static final class Group {
        private int count;
        private double rewards;
        private double lengths;

        private void add(double reward, int length) {
            count++;
            rewards += reward;
            lengths += length;
        }
    }
}
