package dev.rlhf.core.select;

import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.reward.ScoredGroup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Scored samples, and which of them were chosen.
 *
 * @param groups the samples of each prompt, [G]
 * @param chosen places of the chosen samples of each prompt, [G], at least one in all
 */
public record Selection(List<ScoredGroup> groups, int[][] chosen) {
    /** Keeps its own copy of {@code groups}. */
    public Selection {
        groups = List.copyOf(groups);
    }

    /** What {@code selector} chooses of some samples; its control is drawn by {@code seed}. */
    public static Selection of(List<ScoredGroup> groups, Selector selector, Seed seed) {
        double[][] scores = groups.stream().map(ScoredGroup::rewards).toArray(double[][]::new);
        return new Selection(groups, selector.select(scores, seed));
    }

    /** Prompt and response of each chosen sample, in the order in which they were drawn. */
    public List<TokenSequence> sequences() {
        List<TokenSequence> sequences = new ArrayList<>();
        for (int g = 0; g < chosen.length; g++) {
            List<TokenSequence> drawn = groups.get(g).group().sequences();
            Arrays.stream(chosen[g]).mapToObj(drawn::get).forEach(sequences::add);
        }
        return sequences;
    }

    /** Mean reward and mean tokens of all samples and of the chosen ones, and the share of prompts that kept one. */
    public Map<String, Double> metrics() {
        int[][] all = new int[groups.size()][];
        Arrays.setAll(
                all, g -> IntStream.range(0, groups.get(g).rewards().length).toArray());
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("sampled_reward_mean", mean(all, g -> i -> groups.get(g).rewards()[i]));
        metrics.put("selected_reward_mean", mean(chosen, g -> i -> groups.get(g).rewards()[i]));
        metrics.put("sampled_length", mean(all, g -> i -> length(g, i)));
        metrics.put("selected_length", mean(chosen, g -> i -> length(g, i)));
        metrics.put(
                "selected_prompts",
                Arrays.stream(chosen)
                        .mapToInt(places -> Math.min(1, places.length))
                        .average()
                        .orElse(0));
        return metrics;
    }

    private double length(int group, int sample) {
        return groups.get(group).group().completions().get(sample).tokens().length;
    }

    /** A number of each sample of a prompt. */
    @FunctionalInterface
    private interface OfPrompt {
        IntToDoubleFunction of(int group);
    }

    private static double mean(int[][] places, OfPrompt number) {
        return IntStream.range(0, places.length)
                .boxed()
                .flatMapToDouble(g -> Arrays.stream(places[g]).mapToDouble(number.of(g)))
                .average()
                .orElse(0);
    }
}
