package dev.rlhf.core.measure;

import dev.rlhf.core.base.RlhfException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * What the best of k answers is worth when one score selects it and another values it, estimated from n answers.
 *
 * <p>Over all subsets of k of the n, the answer that the selector ranks i-th is the best of C(n − i, k − 1) of C(n, k), which are the
 * weights of an unbiased estimate; answers that the selector likes equally share their weights. Source: Stiennon et al. 2020 (arXiv
 * 2009.01325), best-of-N sampling; the estimator is that of Nakano et al. 2021 (arXiv 2112.09332), appendix I.
 */
public final class BestOfN {
    private BestOfN() {}

    /**
     * The expected value of the selected answer, in the units of {@code values}.
     *
     * @param selector scores that select, the highest first, [n]
     * @param values what the answers are worth, [n]; the same array for the selector's own view of its choice
     * @param k answers that are selected from, in [1, n]
     * @throws RlhfException BUG when there are fewer than k answers or the arrays differ in length
     */
    public static double of(double[] selector, double[] values, int k) {
        int n = selector.length;
        if (k < 1 || k > n || values.length != n) {
            throw RlhfException.bug("no best of " + k + " among " + n + " answers with " + values.length + " values");
        }
        int[] ranked = IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> selector[i]).reversed())
                .mapToInt(Integer::intValue)
                .toArray();
        double[] weights = weights(n, k);
        double sum = 0;
        for (int from = 0, to; from < n; from = to) {
            to = from + 1;
            while (to < n && selector[ranked[to]] == selector[ranked[from]]) {
                to++;
            }
            double weight = Arrays.stream(weights, from, to).sum();
            double worth = Arrays.stream(ranked, from, to)
                    .mapToDouble(i -> values[i])
                    .average()
                    .orElse(0);
            sum += weight * worth;
        }
        return sum;
    }

    /** C(n − i, k − 1) / C(n, k) of ranks i = 1 … n, one from the other, so that nothing overflows. */
    private static double[] weights(int n, int k) {
        double[] weights = new double[n];
        weights[0] = (double) k / n;
        for (int i = 1; i < n; i++) {
            weights[i] = weights[i - 1] * Math.max(0, n - i - k + 1) / (n - i);
        }
        return weights;
    }
}
