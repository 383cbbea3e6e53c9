package dev.rlhf.driver.config;

import dev.rlhf.driver.config.bind.Block;
import dev.rlhf.driver.config.bind.Range;

/**
 * Greedy completions of held-out prompts at the end of a stage.
 *
 * @param data the prompts
 * @param reward rule whose mean is the accuracy
 * @param limit most prompts
 * @param maxTokens token budget of a completion
 */
@Block("evaluation")
public record EvaluationRecipe(
        PromptData data,
        RuleName reward,
        @Range(min = 1) int limit,
        @Range(min = 1) int maxTokens) {}
