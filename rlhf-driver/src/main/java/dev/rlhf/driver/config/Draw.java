package dev.rlhf.driver.config;

import dev.rlhf.core.rollout.SamplingParams;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Samples that a stage will ask the generation servers for.
 *
 * @param data the prompts
 * @param sampling how they are drawn
 */
public record Draw(PromptData data, SamplingParams sampling) {
    /** What an evaluation draws, nothing where it has no prompts. */
    public static List<Draw> of(@Nullable EvaluationRecipe evaluation) {
        PromptData data = evaluation == null ? null : evaluation.data();
        return evaluation == null || data == null
                ? List.of()
                : List.of(new Draw(data, SamplingParams.greedy(evaluation.maxTokens())));
    }
}
