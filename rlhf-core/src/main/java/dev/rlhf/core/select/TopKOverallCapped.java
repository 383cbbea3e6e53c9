package dev.rlhf.core.select;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.Range;

/**
 * The best k samples of all prompts together, of one prompt no more than a cap.
 *
 * @param k samples chosen, at most as many as the cap leaves
 * @param cap most samples of one prompt
 * @param matchedControl whether as many samples are chosen at random instead
 */
@Block(value = "select", kinds = "top-k-overall-capped")
public record TopKOverallCapped(
        @Range(min = 1) int k, @Range(min = 1) int cap, boolean matchedControl) implements Selector {
    @Override
    public int[][] best(double[][] scores) {
        return Ranking.best(scores, k, cap);
    }

    @Override
    public void requireFits(int prompts, int samples) {
        long left = (long) prompts * Math.min(cap, samples);
        KeyException.require(k <= left, "k", "must be at most the " + left + " samples that cap leaves, not " + k);
    }

    @Override
    public String words() {
        return (matchedControl ? "at random " : "the best ") + k + " of all, at most " + cap + " of a prompt";
    }
}
