package dev.rlhf.driver.data;

import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.prompt.Prompt;
import java.util.Optional;

/** Prompts, perhaps with their answers. */
public sealed interface PromptData permits SpellingData, PromptFile {
    /**
     * Reads the prompts that leave room for a response.
     *
     * @param maxTokens token budget of a response
     * @throws dev.rlhf.core.base.RlhfException USER naming file and line of what is wrong
     */
    Loaded<Prompt> load(DataLoader loader, int maxTokens);

    /** The held-out part of the same data. */
    PromptData heldOutPart();

    /** Whether each prompt has an answer. */
    boolean answered();

    /** Throws USER for the key under {@code key} unless each prompt has the answer that {@code asker} compares with. */
    default void requireAnswers(String key, String asker) {
        KeyException.require(answered(), key + ".answer-key", "is missing: " + asker + " compares with the answer");
    }

    /** The rows of a file that training leaves out, e.g. {@code 43 rows of pairs.jsonl}; empty for none. */
    default Optional<String> keptApart() {
        return Optional.empty();
    }
}
