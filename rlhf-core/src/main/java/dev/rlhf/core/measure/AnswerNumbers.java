package dev.rlhf.core.measure;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.reward.ScoredGroup;
import dev.rlhf.core.rollout.Completion;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What answers drawn to held-out prompts come to: how often they are right, what rewards make of them, how long they are.
 *
 * <p>Numbers of k answers are given for k = 1, 2, 4, … up to the answers a prompt has.
 *
 * @param judged all prompts' answers with their score by the rule of the evaluation, [G] groups of n; 1 and above is right
 * @param rewards names of the rewards, perhaps none; the first one selects the best of k
 * @param scored the same answers, with the score of each reward as a component, [G]; empty where there are no rewards
 */
public record AnswerNumbers(List<ScoredGroup> judged, List<String> rewards, List<ScoredGroup> scored) {
    private static final double RIGHT = 1;

    /** Keeps its own copies; throws BUG when there are no prompts, or other groups that are scored. */
    public AnswerNumbers {
        judged = List.copyOf(judged);
        rewards = List.copyOf(rewards);
        scored = List.copyOf(scored);
        if (judged.isEmpty() || scored.size() != (rewards.isEmpty() ? 0 : judged.size())) {
            throw RlhfException.bug(judged.size() + " groups are judged and " + scored.size() + " are scored");
        }
    }

    /** The numbers by name. */
    public Map<String, Double> all() {
        Map<String, Double> numbers = new LinkedHashMap<>();
        numbers.put("eval_length", Arrays.stream(lengths()).average().orElse(0));
        int answers = judged.get(0).rewards().length;
        int[] right = judged.stream().mapToInt(AnswerNumbers::right).toArray();
        for (int k = 1; k <= answers; k *= 2) {
            numbers.put("eval_pass_at_" + k, PassAtK.mean(answers, right, k));
        }
        for (String reward : rewards) {
            String column = reward.replace('-', '_');
            numbers.put(
                    "eval_reward_" + column,
                    Arrays.stream(flat(reward)).average().orElse(0));
            for (int k = 2; k <= answers; k *= 2) {
                numbers.put("eval_best_of_" + k + "_" + column, bestOf(k, reward));
            }
        }
        rewards.stream()
                .findFirst()
                .ifPresent(first -> LengthSlope.of(flat(first), lengths(), gold())
                        .slope()
                        .ifPresent(slope -> numbers.put("eval_length_slope", slope)));
        return numbers;
    }

    private double bestOf(int k, String reward) {
        return scored.stream()
                .mapToDouble(group -> BestOfN.of(scores(group, rewards.get(0)), scores(group, reward), k))
                .average()
                .orElse(0);
    }

    private static int right(ScoredGroup group) {
        return (int)
                Arrays.stream(group.rewards()).filter(score -> score >= RIGHT).count();
    }

    private int[] lengths() {
        return judged.stream()
                .flatMap(group -> group.group().completions().stream())
                .map(Completion::trajectory)
                .mapToInt(trajectory -> trajectory.drawn())
                .toArray();
    }

    private double[] gold() {
        return judged.stream()
                .flatMapToDouble(group -> Arrays.stream(group.rewards()))
                .toArray();
    }

    private double[] flat(String reward) {
        return scored.stream()
                .flatMapToDouble(group -> Arrays.stream(scores(group, reward)))
                .toArray();
    }

    /** A reward's scores of a group's answers, [n]; throws BUG when it has none. */
    public static double[] scores(ScoredGroup group, String reward) {
        double[] scores = group.components().get(reward);
        if (scores == null) {
            throw RlhfException.bug("answers have no score of " + reward);
        }
        return scores;
    }
}
