package dev.rlhf.core.advantage;

import java.util.HashMap;
import java.util.Map;

/** Count, mean and spread of the total rewards of one group; rows that are masked as a whole do not count. */
final class GroupStatistics {
    private int count;
    private double sum;
    private double squares;
    private double least = Double.POSITIVE_INFINITY;
    private double most = Double.NEGATIVE_INFINITY;

    /** The statistics of every group of a batch. */
    static Map<Integer, GroupStatistics> of(AdvantageInput input, double[] totals) {
        Map<Integer, GroupStatistics> groups = new HashMap<>();
        for (int i = 0; i < totals.length; i++) {
            if (RowRewards.takesPart(input.mask()[i])) {
                groups.computeIfAbsent(input.groups()[i], group -> new GroupStatistics())
                        .add(totals[i]);
            }
        }
        return groups;
    }

    private void add(double total) {
        double before = count == 0 ? total : mean();
        count++;
        sum += total;
        squares += (total - before) * (total - mean());
        least = Math.min(least, total);
        most = Math.max(most, total);
    }

    int count() {
        return count;
    }

    double sum() {
        return sum;
    }

    double mean() {
        return sum / count;
    }

    double unbiasedDeviation() {
        return count < 2 ? 0 : Math.sqrt(squares / (count - 1));
    }

    /** Whether the group tells nothing: one sample, or all rewards equal to the last bit. */
    boolean silent() {
        return count < 2 || least == most;
    }
}
