package dev.rlhf.core.reward;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.Completion;
import org.jspecify.annotations.Nullable;

/**
 * Share of characters that stand where the prompt's {@code answer} has them.
 *
 * <p>Counted over the longer of the two texts, so that a missing or an extra character is a wrong one. Example: {@code "tac"}
 * against {@code "tax"} is 2/3.
 *
 * @param name name under which its scores are recorded; its kind where none is given
 * @param weight factor of its scores in the sum of all rewards
 */
@Block(value = "reward", kinds = "position-match")
public record PositionMatch(@Nullable String name, double weight) implements RuleReward {
    /** Makes the kind known. */
    public static final class Kind implements RewardKind {
        @Override
        public Class<PositionMatch> recipe() {
            return PositionMatch.class;
        }
    }

    /** This reward under the name of its kind, as it is. */
    public PositionMatch() {
        this(null, 1);
    }

    @Override
    public String words() {
        return "characters in place";
    }

    @Override
    public boolean needsAnswers() {
        return true;
    }

    @Override
    public double score(Prompt prompt, Completion completion) {
        return share(completion.text(), Answers.of(prompt));
    }

    /** The share, in [0, 1]; 1 for two empty texts. */
    public static double share(String text, String answer) {
        int[] written = text.codePoints().toArray();
        int[] wanted = answer.codePoints().toArray();
        int longest = Math.max(written.length, wanted.length);
        int right = 0;
        for (int i = 0; i < Math.min(written.length, wanted.length); i++) {
            right += written[i] == wanted[i] ? 1 : 0;
        }
        return longest == 0 ? 1 : (double) right / longest;
    }
}
