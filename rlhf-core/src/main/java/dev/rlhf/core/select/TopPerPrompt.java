package dev.rlhf.core.select;

import dev.rlhf.core.base.Block;

/**
 * The best sample of each prompt: argmax_i s_{g,i}, which is best-of-n.
 *
 * @param matchedControl whether as many samples are chosen at random instead
 */
@Block(value = "select", kinds = "top-per-prompt")
public record TopPerPrompt(boolean matchedControl) implements Selector {
    @Override
    public int[][] best(double[][] scores) {
        return Ranking.bestOfEach(scores, 1);
    }

    @Override
    public void requireFits(int prompts, int samples) {
        // Every prompt has a sample.
    }

    @Override
    public String words() {
        return matchedControl ? "one of each prompt at random" : "the best of each prompt";
    }
}
