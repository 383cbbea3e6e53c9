package dev.rlhf.driver.data;

import dev.rlhf.core.rollout.SamplingParams;

/**
 * Samples that a stage will ask the generation servers for.
 *
 * @param data the prompts
 * @param sampling how they are drawn
 */
public record Draw(PromptData data, SamplingParams sampling) {}
