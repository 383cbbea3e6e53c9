package dev.rlhf.core.select;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Samples in the order of their worth, the best first; of equals the one of the earlier prompt, then the earlier one. */
final class Ranking {
    private Ranking() {}

    /**
     * The best {@code k} samples of all prompts together, fewer where there are fewer.
     *
     * @param cap most samples of one prompt
     * @return places of the chosen samples of each prompt, each ascending
     */
    static int[][] best(double[][] scores, int k, int cap) {
        List<int[]> ranked = IntStream.range(0, scores.length)
                .boxed()
                .flatMap(g -> places(g, scores[g].length))
                // A stable sort: of equals the earlier one stays before.
                .sorted(Comparator.comparingDouble((int[] place) -> scores[place[0]][place[1]])
                        .reversed())
                .toList();
        boolean[][] chosen = new boolean[scores.length][];
        Arrays.setAll(chosen, g -> new boolean[scores[g].length]);
        int[] counts = new int[scores.length];
        int left = k;
        for (int[] place : ranked) {
            if (left > 0 && counts[place[0]] < cap) {
                chosen[place[0]][place[1]] = true;
                counts[place[0]]++;
                left--;
            }
        }
        int[][] places = new int[scores.length][];
        Arrays.setAll(
                places,
                g -> IntStream.range(0, chosen[g].length)
                        .filter(i -> chosen[g][i])
                        .toArray());
        return places;
    }

    /** The best {@code k} samples of each prompt. */
    static int[][] bestOfEach(double[][] scores, int k) {
        int[][] places = new int[scores.length][];
        Arrays.setAll(places, g -> best(new double[][] {scores[g]}, k, k)[0]);
        return places;
    }

    private static Stream<int[]> places(int prompt, int samples) {
        return IntStream.range(0, samples).mapToObj(i -> new int[] {prompt, i});
    }
}
