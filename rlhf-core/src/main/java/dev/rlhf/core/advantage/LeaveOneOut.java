package dev.rlhf.core.advantage;

import dev.rlhf.core.base.Block;
import java.util.Map;

/**
 * RLOO's advantage: the reward minus the mean of the <em>other</em> samples of the same prompt.
 *
 * <p>A_i = s_i − (Σ_{j≠i} s_j) / (n − 1). A group of one has advantage 0.
 *
 * <p>Source: Ahmadian et al. 2024 (arXiv 2402.14740).
 */
@Block(value = "advantage", kinds = "leave-one-out")
public record LeaveOneOut() implements AdvantageEstimator {
    @Override
    public Advantages estimate(AdvantageInput input) {
        double[] totals = RowRewards.totals(input);
        Map<Integer, GroupStatistics> groups = GroupStatistics.of(input, totals);
        return RowRewards.spread(input, i -> {
            GroupStatistics group = groups.get(input.groups()[i]);
            if (group == null || group.silent()) {
                return 0;
            }
            return totals[i] - (group.sum() - totals[i]) / (group.count() - 1);
        });
    }

    @Override
    public boolean comparesGroup() {
        return true;
    }
}
