package dev.rlhf.driver.config;

/** Prompts, perhaps with their answers. */
public sealed interface PromptData permits SpellingData, PromptFile {
    /** The held-out part of the same data. */
    PromptData heldOutPart();
}
