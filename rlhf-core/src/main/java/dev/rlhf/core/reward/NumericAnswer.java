package dev.rlhf.core.reward;

import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.Completion;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * 1 when the completion's final number equals the final number of the prompt's {@code answer}, else 0.
 *
 * <p>The final number is the one after {@code ####} (GSM8K's mark), else the last in the text. {@code -$1,234.50} is −1234.5; the
 * dash of {@code 9-4} is no sign; the minus sign of typeset text (U+2212) is one as the hyphen is.
 */
public record NumericAnswer() implements RuleReward {
    private static final Pattern NUMBER =
            Pattern.compile("(?:(?<!\\d)[-\u2212])?\\$?(?:\\d[\\d,]*(?:\\.\\d+)?|\\.\\d+)");
    private static final String MARK = "####";

    @Override
    public double score(Prompt prompt, Completion completion) {
        Optional<BigDecimal> expected = finalNumber(Answers.of(prompt));
        Optional<BigDecimal> found = finalNumber(completion.text());
        return expected.isPresent() && found.isPresent() && expected.get().compareTo(found.get()) == 0 ? 1 : 0;
    }

    /** Whether the prompt's answer has a number, without which no completion could be right. */
    public static boolean canScore(Prompt prompt) {
        return finalNumber(Answers.of(prompt)).isPresent();
    }

    /** The final number of a text, or empty when there is none. */
    static Optional<BigDecimal> finalNumber(String text) {
        int mark = text.lastIndexOf(MARK);
        Matcher matcher = NUMBER.matcher(mark < 0 ? text : text.substring(mark + MARK.length()));
        Optional<BigDecimal> last = Optional.empty();
        while (matcher.find()) {
            last = Optional.of(
                    new BigDecimal(matcher.group().replaceAll("[$,]", "").replace('\u2212', '-')));
            if (mark >= 0) {
                return last;
            }
        }
        return last;
    }
}
