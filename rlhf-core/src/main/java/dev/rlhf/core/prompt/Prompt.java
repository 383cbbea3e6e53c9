package dev.rlhf.core.prompt;

import java.util.Map;

/**
 * One prompt of a data set, already tokenised.
 *
 * <p>Example: {@code Prompt("words.txt:17", "spell: cat|", [3, 8, 5, 22], {answer=tac})}.
 *
 * @param id unique within the data set, e.g. file and line number
 * @param text the prompt as text, for samples and logs
 * @param tokens token ids, [P], never empty
 * @param fields what a rule reward needs, e.g. {@code answer}
 */
public record Prompt(String id, String text, int[] tokens, Map<String, String> fields) {
    /** The field with the known answer. */
    public static final String ANSWER = "answer";

    /** Keeps its own copy of {@code fields}. */
    public Prompt {
        fields = Map.copyOf(fields);
    }
}
