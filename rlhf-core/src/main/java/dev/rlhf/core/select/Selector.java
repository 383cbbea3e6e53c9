package dev.rlhf.core.select;

import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.Seed;
import java.util.random.RandomGenerator;

/**
 * Chooses, of the samples of scored prompts, those that are learnt from; of samples that are worth the same the earlier one.
 *
 * <p>How many a selector chooses, and of how many prompts at most how many, does not depend on the scores. Its matched control is
 * therefore the selector itself on scores that are drawn at random: what training on it wins is due to the number of samples
 * and to the sampling, and only what is won beyond it is due to the reward. Source: Lambert (arXiv 2504.12501), chapter on
 * rejection sampling.
 */
public sealed interface Selector permits TopPerPrompt, TopKPerPrompt, TopKOverall, TopKOverallCapped {
    /**
     * The best samples.
     *
     * @param scores what each sample is worth, [G] prompts of [n] samples, finite
     * @return places of the chosen samples of each prompt, [G], each ascending, perhaps none
     */
    int[][] best(double[][] scores);

    /** Whether as many samples are chosen at random instead. */
    boolean matchedControl();

    /**
     * Checks that there are as many samples as it chooses.
     *
     * @param prompts prompts, at least 1
     * @param samples samples of each, at least 1
     * @throws KeyException naming the key that is too large
     */
    void requireFits(int prompts, int samples);

    /** What a report says of it, e.g. {@code the best of each prompt}. */
    String words();

    /** The best samples, or its matched control, which is drawn by {@code seed}; shapes as those of {@link #best}. */
    default int[][] select(double[][] scores, Seed seed) {
        return best(matchedControl() ? random(scores, seed) : scores);
    }

    private static double[][] random(double[][] scores, Seed seed) {
        RandomGenerator random = seed.random();
        double[][] drawn = new double[scores.length][];
        for (int g = 0; g < scores.length; g++) {
            drawn[g] = random.doubles(scores[g].length).toArray();
        }
        return drawn;
    }
}
