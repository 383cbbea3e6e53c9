package dev.rlhf.core.select;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.Range;

/**
 * The best k samples of all prompts together.
 *
 * <p>Prompts whose samples are all worth little are left out, and easy ones may give many.
 *
 * @param k samples chosen, at most as many as are drawn
 * @param matchedControl whether as many samples are chosen at random instead
 */
@Block(value = "select", kinds = "top-k-overall")
public record TopKOverall(@Range(min = 1) int k, boolean matchedControl) implements Selector {
    @Override
    public int[][] best(double[][] scores) {
        return Ranking.best(scores, k, Integer.MAX_VALUE);
    }

    @Override
    public void requireFits(int prompts, int samples) {
        long drawn = (long) prompts * samples;
        KeyException.require(k <= drawn, "k", "must be at most the " + drawn + " samples that are drawn, not " + k);
    }

    @Override
    public String words() {
        return (matchedControl ? "at random " : "the best ") + k + " of all";
    }
}
