package dev.rlhf.driver.stage;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.loop.ExampleSource;
import dev.rlhf.core.loop.PreferencePair;
import dev.rlhf.core.loop.PreferencePairs;
import dev.rlhf.core.loop.ShuffledExamples;
import dev.rlhf.core.update.Experience;
import dev.rlhf.driver.config.PairData;
import dev.rlhf.driver.config.PairFile;
import dev.rlhf.driver.config.PromptData;
import dev.rlhf.driver.config.RankedSamples;
import dev.rlhf.driver.config.Split;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.data.DataLoader;
import java.util.List;

/**
 * Preference pairs to train on and pairs kept for evaluation.
 *
 * @param train endless training pairs
 * @param heldOut pairs for evaluation, perhaps none
 */
public record PreferenceSource(ExampleSource train, List<PreferencePair> heldOut) {

    /** Reads the pairs of a file, or makes them from the model's own samples. */
    public static PreferenceSource open(StageContext context, StageRecipe stage, PairData data, StageStart start) {
        if (data instanceof RankedSamples ranked) {
            return RankedPairs.open(context, stage, ranked, start);
        }
        if (data instanceof PairFile file) {
            PreferencePairs pairs = context.data().pairs(file);
            List<List<Experience>> examples =
                    pairs.train().stream().map(PreferencePair::rows).toList();
            return new PreferenceSource(
                    new ShuffledExamples(examples, context.seed(stage), start.loop()), pairs.heldOut());
        }
        throw RlhfException.bug("no way to read pairs of " + data.getClass());
    }

    /**
     * Reads the rows that pairs are made of.
     *
     * @throws RlhfException USER naming file and line of what is wrong
     */
    public static DataPart read(PairData pairs, DataLoader data) {
        if (pairs instanceof PairFile file) {
            return DataPart.of("data", data.loadPairs(file, Split.TRAIN), data.loadPairs(file, Split.HELD_OUT));
        }
        if (pairs instanceof RankedSamples ranked) {
            PromptData prompts = ranked.prompts();
            return DataPart.of(
                    "data.prompts",
                    data.loadPrompts(prompts, ranked.maxTokens()),
                    data.loadPrompts(prompts.heldOutPart(), ranked.maxTokens()));
        }
        throw RlhfException.bug("no way to read pairs of " + pairs.getClass());
    }
}
