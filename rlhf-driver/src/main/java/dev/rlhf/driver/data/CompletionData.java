package dev.rlhf.driver.data;

import dev.rlhf.core.base.TokenSequence;
import java.util.Optional;

/** Prompts with the completion to imitate. */
public sealed interface CompletionData permits SpellingData, CompletionFile {
    /**
     * Reads prompts with their responses, which end with the end-of-sequence token.
     *
     * @throws dev.rlhf.core.base.RlhfException USER naming file and line of what is wrong
     */
    Loaded<TokenSequence> load(DataLoader loader);

    /** The rows that training on this data leaves out; empty when it leaves none. */
    Optional<CompletionData> leftOut();
}
