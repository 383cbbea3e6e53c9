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
    public String name() {
        return "position-match";
    }

    @Override
    public double score(Prompt prompt, Completion completion) {
        return share(completion.text(), Answers.of(prompt));
    }

    /** The share, in [0, 1]; 1 for two empty texts. */
    public static double share(String text, String answer) {
        int longest = Math.max(text.length(), answer.length());
        int right = 0;
        for (int i = 0; i < Math.min(text.length(), answer.length()); i++) {
            right += text.charAt(i) == answer.charAt(i) ? 1 : 0;
        }
        return longest == 0 ? 1 : (double) right / longest;
    }
}
