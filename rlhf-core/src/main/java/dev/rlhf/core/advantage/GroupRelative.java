package dev.rlhf.core.advantage;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;
import java.util.Map;

/**
 * GRPO's advantage: the reward beside the other samples of the same prompt.
 *
 * <p>A_i = (s_i − mean_g) / (std_g + ε) with the unbiased std, or A_i = s_i − mean_g without division (Dr.GRPO). A group of
 * one sample, or with all rewards equal, has advantage 0: there is nothing to compare.
 *
 * <p>Source: Shao et al. 2024 (arXiv 2402.03300); without std Liu et al. 2025 (arXiv 2503.20783).
 *
 * @param divideByDeviation whether to divide by the group's standard deviation (GRPO) or not (Dr.GRPO)
 * @param epsilon ε, added to the group's deviation
 */
@Block(value = "advantage", kinds = "group-relative")
public record GroupRelative(
        boolean divideByDeviation, @Range(above = 0) double epsilon) implements AdvantageEstimator {
    @Override
    public Advantages estimate(AdvantageInput input) {
        double[] totals = RowRewards.totals(input);
        Map<Integer, GroupStatistics> groups = GroupStatistics.of(input, totals);
        return RowRewards.spread(input, i -> {
            GroupStatistics group = groups.get(input.groups()[i]);
            if (group == null || group.silent()) {
                return 0;
            }
            double centred = totals[i] - group.mean();
            return divideByDeviation ? centred / (group.unbiasedDeviation() + epsilon) : centred;
        });
    }

    @Override
    public boolean comparesGroup() {
        return true;
    }
}
