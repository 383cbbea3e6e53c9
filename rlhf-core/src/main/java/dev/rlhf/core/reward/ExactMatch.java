package dev.rlhf.core.reward;

import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.FinishReason;

/** 1 for a completion that ended by itself and equals the prompt's {@code answer}, else 0. */
public record ExactMatch() implements RuleReward {
    @Override
    public double score(Prompt prompt, Completion completion) {
        boolean right = completion.finishReason() == FinishReason.STOP
                && completion.text().equals(Answers.of(prompt));
        return right ? 1 : 0;
    }
}
