package dev.rlhf.core.reward;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.Completion;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * 1 when the completion's final number equals the final number of the prompt's {@code answer}, else 0.
 *
 * <p>The final number is the one after {@code ####} (GSM8K's mark), else the last in the text. {@code -$1,234.50} is −1234.5; the
 * dash of {@code 9-4} is no sign; the minus sign of typeset text (U+2212) is one as the hyphen is.
 *
 * @param name name under which its scores are recorded; its kind where none is given
 * @param weight factor of its scores in the sum of all rewards
 */
@Block(value = "reward", kinds = "numeric-answer")
public record NumericAnswer(@Nullable String name, double weight) implements RuleReward {
    private static final Pattern NUMBER =
            Pattern.compile("(?:(?<!\\d)[-\u2212])?\\$?(?:\\d[\\d,]*(?:\\.\\d+)?|\\.\\d+)");
    private static final String MARK = "####";

    /** Makes the kind known. */
    public static final class Kind implements RewardKind {
        @Override
        public Class<NumericAnswer> recipe() {
            return NumericAnswer.class;
        }
    }

    /** This reward under the name of its kind, as it is. */
    public NumericAnswer() {
        this(null, 1);
    }

    @Override
    public String words() {
        return "right number";
    }

    @Override
    public boolean needsAnswers() {
        return true;
    }

    @Override
    public void requireScorable(List<Prompt> prompts) {
        for (Prompt prompt : prompts) {
            if (finalNumber(Answers.of(prompt)).isEmpty()) {
                throw RlhfException.user(prompt.id() + ": the answer has no number, which " + kind()
                        + " compares with; choose another reward or mend the line");
            }
        }
    }

    @Override
    public double score(Prompt prompt, Completion completion) {
        Optional<BigDecimal> expected = finalNumber(Answers.of(prompt));
        Optional<BigDecimal> found = finalNumber(completion.text());
        return expected.isPresent() && found.isPresent() && expected.get().compareTo(found.get()) == 0 ? 1 : 0;
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
