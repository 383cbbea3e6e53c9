package dev.rlhf.core.rollout;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.prompt.Prompt;
import java.util.List;

/**
 * All completions of one prompt.
 *
 * @param prompt the prompt
 * @param completions its samples, [n]
 */
public record RolloutGroup(Prompt prompt, List<Completion> completions) {

    /** Keeps its own copy of {@code completions}. */
    public RolloutGroup {
        completions = List.copyOf(completions);
    }

    /** Prompt and response of each completion as one sequence, [n]. */
    public List<TokenSequence> sequences() {
        return completions.stream()
                .map(completion -> TokenSequence.of(prompt.tokens(), completion.tokens()))
                .toList();
    }
}
