package dev.rlhf.driver.config;

import java.util.Optional;

/** Prompts with the completion to imitate. */
public sealed interface CompletionData permits SpellingData, CompletionFile {
    /** The rows that training on this data leaves out; empty when it leaves none. */
    Optional<CompletionData> leftOut();
}
