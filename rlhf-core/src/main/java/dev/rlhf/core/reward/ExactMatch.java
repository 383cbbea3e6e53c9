package dev.rlhf.core.reward;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.FinishReason;
import org.jspecify.annotations.Nullable;

/**
 * 1 for a completion that ended by itself and equals the prompt's {@code answer}, else 0.
 *
 * @param name name under which its scores are recorded; its kind where none is given
 * @param weight factor of its scores in the sum of all rewards
 */
@Block(value = "reward", kinds = "exact-match")
public record ExactMatch(@Nullable String name, double weight) implements RuleReward {
    /** Makes the kind known. */
    public static final class Kind implements RewardKind {
        @Override
        public Class<ExactMatch> recipe() {
            return ExactMatch.class;
        }
    }

    /** This reward under the name of its kind, as it is. */
    public ExactMatch() {
        this(null, 1);
    }

    @Override
    public String words() {
        return "exact answer";
    }

    @Override
    public boolean needsAnswers() {
        return true;
    }

    @Override
    public double score(Prompt prompt, Completion completion) {
        boolean right = completion.finishReason() == FinishReason.STOP
                && completion.text().equals(Answers.of(prompt));
        return right ? 1 : 0;
    }
}
