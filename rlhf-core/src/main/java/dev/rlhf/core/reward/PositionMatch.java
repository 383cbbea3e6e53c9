package dev.rlhf.core.reward;

import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.Completion;

/**
 * Share of characters that stand where the prompt's {@code answer} has them.
 *
 * <p>Counted over the longer of the two texts, so that a missing or an extra character is a wrong one. Example: {@code "tac"}
 * against {@code "tax"} is 2/3.
 */
public record PositionMatch() implements RuleReward {
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
