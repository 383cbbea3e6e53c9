package dev.rlhf.core.measure;

import dev.rlhf.core.base.RlhfException;
import java.util.Arrays;

/**
 * The chance that at least one of k answers to a prompt is right, estimated from n answers.
 *
 * <p>pass@k = 1 − C(n − c, k) / C(n, k), where c of the n are right: the share of all subsets of k that hold a right one, which is
 * unbiased, as 1 − (1 − c/n)^k is not. Source: Chen et al. 2021 (arXiv 2107.03374), equation 1.
 */
public final class PassAtK {
    private PassAtK() {}

    /**
     * The estimate for one prompt, in [0, 1].
     *
     * @param answers n, at least k
     * @param right c, how many of them are right, in [0, n]
     * @param k answers that are tried, at least 1
     * @throws RlhfException BUG when there are fewer than k answers or more right ones than answers
     */
    public static double of(int answers, int right, int k) {
        if (k < 1 || k > answers || right < 0 || right > answers) {
            throw RlhfException.bug("no pass@" + k + " of " + right + " right ones of " + answers + " answers");
        }
        // C(n − c, k) / C(n, k) = Π (1 − k / i) over i from n − c + 1 to n; no factorial can overflow.
        double none = 1;
        for (int i = answers - right + 1; i <= answers; i++) {
            none *= Math.max(0, 1 - (double) k / i);
        }
        return 1 - none;
    }

    /** Mean over prompts, at least one, of which each has {@code answers} answers, and {@code right} says how many are right, [G]. */
    public static double mean(int answers, int[] right, int k) {
        return Arrays.stream(right)
                .mapToDouble(count -> of(answers, count, k))
                .average()
                .orElseThrow(() -> RlhfException.bug("pass@" + k + " of no prompts"));
    }
}
