package dev.rlhf.core.reward;

import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.RolloutGroup;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleBiFunction;

/** Scores completions. */
@FunctionalInterface
public interface RewardFunction extends AutoCloseable {
    /**
     * One score a completion.
     *
     * @param groups [G] groups of [n] completions
     * @return scores, [G][n], finite
     */
    double[][] score(List<RolloutGroup> groups);

    /** A function that looks at one completion at a time. */
    static RewardFunction each(ToDoubleBiFunction<Prompt, Completion> score) {
        return groups -> groups.stream()
                .map(group -> group.completions().stream()
                        .mapToDouble(completion -> score.applyAsDouble(group.prompt(), completion))
                        .toArray())
                .toArray(double[][]::new);
    }

    /** Scores of all completions, one group after the other, by group: [G][n]. */
    static double[][] byGroup(List<RolloutGroup> groups, double[] scores) {
        double[][] parted = new double[groups.size()][];
        int next = 0;
        for (int g = 0; g < parted.length; g++) {
            int end = next + groups.get(g).completions().size();
            parted[g] = Arrays.copyOfRange(scores, next, end);
            next = end;
        }
        return parted;
    }

    /** Frees what it holds. */
    @Override
    default void close() {}
}
