package dev.rlhf.experiment.statistics;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Holm's step-down adjustment of probabilities for the number of comparisons asked for (Holm 1979, Scand. J. Statist. 6). */
public final class Holm {
    private Holm() {}

    /**
     * Adjusted probabilities: by these, the chance of even one wrong conclusion stays below the level.
     *
     * @param probabilities one a comparison; NaN, where there is none, stays
     * @param asked comparisons that were asked for; those without a probability are among them, as which ones come to have none is known
     *     only from the data
     */
    public static double[] adjust(double[] probabilities, int asked) {
        double[] adjusted = probabilities.clone();
        List<Integer> order = IntStream.range(0, probabilities.length)
                .filter(i -> !Double.isNaN(probabilities[i]))
                .boxed()
                .sorted(Comparator.comparingDouble(i -> probabilities[i]))
                .toList();
        double least = 0;
        for (int rank = 0; rank < order.size(); rank++) {
            int i = order.get(rank);
            least = Math.max(least, Math.min(1, (asked - rank) * probabilities[i]));
            adjusted[i] = least;
        }
        return adjusted;
    }
}
