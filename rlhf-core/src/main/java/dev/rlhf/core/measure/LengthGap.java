package dev.rlhf.core.measure;

import dev.rlhf.core.base.RlhfException;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * How often pairs are ranked right where the chosen answer is the longer one, and where it is not.
 *
 * <p>A model that goes by length is right about the former and wrong about the latter. A tie of the scores counts half. Source: Singhal
 * et al. 2023 (arXiv 2310.03716).
 *
 * @param longer accuracy, in [0, 1], over pairs whose chosen answer is longer; empty where there are none
 * @param shorter the same where it is shorter
 * @param equal the same where both are as long
 */
public record LengthGap(OptionalDouble longer, OptionalDouble shorter, OptionalDouble equal) {
    private static final double TIE = 0.5;

    /**
     * Of some pairs.
     *
     * @param margins by how much the chosen answer scores higher, [N]
     * @param chosen response tokens of the chosen answers, [N]
     * @param rejected response tokens of the rejected ones, [N]
     * @throws RlhfException BUG when the arrays differ in length
     */
    public static LengthGap of(double[] margins, int[] chosen, int[] rejected) {
        if (margins.length != chosen.length || margins.length != rejected.length) {
            throw RlhfException.bug(
                    "margins of " + margins.length + " pairs, lengths of " + chosen.length + " and " + rejected.length);
        }
        int[] order = IntStream.range(0, margins.length)
                .map(i -> Integer.compare(chosen[i], rejected[i]))
                .toArray();
        return new LengthGap(accuracy(margins, order, 1), accuracy(margins, order, -1), accuracy(margins, order, 0));
    }

    private static OptionalDouble accuracy(double[] margins, int[] order, int wanted) {
        return IntStream.range(0, margins.length)
                .filter(i -> order[i] == wanted)
                .mapToDouble(i -> margins[i] == 0 ? TIE : margins[i] > 0 ? 1 : 0)
                .average();
    }
}
