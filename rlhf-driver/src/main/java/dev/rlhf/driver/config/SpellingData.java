package dev.rlhf.driver.config;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;
import java.util.Optional;

/**
 * The built-in task: English words, to be spelled backwards.
 *
 * @param split which part: train or held-out
 * @param minLength letters of the shortest word
 * @param maxLength letters of the longest word
 * @param heldOut words kept for evaluation
 */
@Block(value = "data", kinds = "spelling")
public record SpellingData(
        Split split,
        @Range(min = 1) int minLength,
        @Range(min = 1) int maxLength,
        @Range(min = 0) int heldOut) implements PromptData, CompletionData {
    /** Checks the lengths; throws USER. */
    public SpellingData {
        RecipeChecks.require(minLength <= maxLength, "min-length", "must not be above max-length (" + maxLength + ")");
    }

    @Override
    public Optional<CompletionData> leftOut() {
        return split == Split.TRAIN && heldOut > 0 ? Optional.of(heldOutPart()) : Optional.empty();
    }

    @Override
    public SpellingData heldOutPart() {
        return new SpellingData(Split.HELD_OUT, minLength, maxLength, heldOut);
    }

    @Override
    public boolean answered() {
        return true;
    }
}
