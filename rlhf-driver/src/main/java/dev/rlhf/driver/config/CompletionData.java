package dev.rlhf.driver.config;

/** Prompts with the completion to imitate. */
public sealed interface CompletionData permits SpellingData, CompletionFile {}
