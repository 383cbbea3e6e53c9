package dev.rlhf.core.reward;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.prompt.Prompt;

/** The known answer of a prompt. */
final class Answers {
    private Answers() {}

    /** The field {@value Prompt#ANSWER}; throws USER naming the prompt when it has none. */
    static String of(Prompt prompt) {
        String answer = prompt.fields().get(Prompt.ANSWER);
        if (answer == null) {
            throw RlhfException.user("prompt " + prompt.id() + " has no answer, which the reward compares with;"
                    + " set data.answer-key to the column that holds it");
        }
        return answer;
    }
}
