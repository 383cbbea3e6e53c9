package dev.rlhf.driver.data;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.Range;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.prompt.Prompt;
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
    private static final String TASK = "spelling";

    /** Checks the lengths; throws USER. */
    public SpellingData {
        KeyException.require(minLength <= maxLength, "min-length", "must not be above max-length (" + maxLength + ")");
    }

    @Override
    public Loaded<Prompt> load(DataLoader loader, int maxTokens) {
        return TokenBudget.ofTask(TASK)
                .load(
                        loader.spellable(this),
                        word -> loader.prompt(word, SpellingTask.prompt(word), SpellingTask.answer(word), maxTokens));
    }

    @Override
    public Loaded<TokenSequence> load(DataLoader loader) {
        return TokenBudget.ofTask(TASK)
                .load(
                        loader.spellable(this),
                        word -> loader.sequence(word, SpellingTask.prompt(word), SpellingTask.answer(word)));
    }

    @Override
    public boolean answered() {
        return true;
    }

    @Override
    public Optional<CompletionData> leftOut() {
        return split == Split.TRAIN && heldOut > 0 ? Optional.of(heldOutPart()) : Optional.empty();
    }

    @Override
    public SpellingData heldOutPart() {
        return new SpellingData(Split.HELD_OUT, minLength, maxLength, heldOut);
    }
}
