package dev.rlhf.core.select;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.Range;

/**
 * The best k samples of each prompt.
 *
 * @param k samples of each prompt, at most as many as are drawn
 * @param matchedControl whether as many samples are chosen at random instead
 */
@Block(value = "select", kinds = "top-k-per-prompt")
public record TopKPerPrompt(@Range(min = 1) int k, boolean matchedControl) implements Selector {
    @Override
    public int[][] best(double[][] scores) {
        return Ranking.bestOfEach(scores, k);
    }

    @Override
    public void requireFits(int prompts, int samples) {
        KeyException.require(k <= samples, "k", "must be at most the " + samples + " samples of a prompt, not " + k);
    }

    @Override
    public String words() {
        return (matchedControl ? "at random " : "the best ") + k + " of each prompt";
    }
}
