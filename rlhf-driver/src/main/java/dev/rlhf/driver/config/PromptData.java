package dev.rlhf.driver.config;

import java.util.Optional;

/** Prompts, perhaps with their answers. */
public sealed interface PromptData permits SpellingData, PromptFile {
    /** The held-out part of the same data. */
    PromptData heldOutPart();

    /** Whether each prompt has an answer. */
    boolean answered();

    /** The rows of a file that training leaves out, e.g. {@code 43 rows of pairs.jsonl}; empty for none. */
    default Optional<String> keptApart() {
        return Optional.empty();
    }
}
