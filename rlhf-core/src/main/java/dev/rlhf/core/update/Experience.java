package dev.rlhf.core.update;

import dev.rlhf.core.base.TokenSequence;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * One row of a training batch: a sequence and all that is known of each response token.
 *
 * <p>Every array is [T] (T = {@code sequence.responseLength()}). Rows are ragged: there is no padding outside the learner.
 *
 * @param sequence prompt and response
 * @param mask true where a token is trained on, [T]
 * @param label what is said of the row as a whole
 * @param known what is known of its tokens, each [T]; what nobody needs is not there
 */
public record Experience(TokenSequence sequence, boolean[] mask, Label label, Map<Input, float[]> known) {
    private static final float[] NONE = {};

    /** Keeps its own copy of {@code known}. */
    public Experience {
        known = known.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(known));
    }

    /** A row that trains on the tokens of {@code mask} and knows nothing of them. */
    public static Experience of(TokenSequence sequence, boolean[] mask) {
        return new Experience(sequence, mask, Label.NONE, Map.of());
    }

    /** A row that trains on the whole response and knows nothing of it. */
    public static Experience of(TokenSequence sequence) {
        boolean[] all = new boolean[sequence.responseLength()];
        Arrays.fill(all, true);
        return of(sequence, all);
    }

    /** This row with one thing more that is known of its tokens, [T]; an empty array is nothing. */
    public Experience with(Input input, float[] numbers) {
        if (numbers.length == 0 && sequence.responseLength() > 0) {
            return this;
        }
        Map<Input, float[]> more = new EnumMap<>(Input.class);
        more.putAll(known);
        more.put(input, numbers);
        return new Experience(sequence, mask, label, more);
    }

    /** This row with another label. */
    public Experience labelled(Label other) {
        return new Experience(sequence, mask, other, known);
    }

    /** This row with no more than these inputs. */
    public Experience keeping(Set<Input> inputs) {
        Map<Input, float[]> kept = new EnumMap<>(Input.class);
        known.forEach((input, numbers) -> {
            if (inputs.contains(input)) {
                kept.put(input, numbers);
            }
        });
        return new Experience(sequence, mask, label, kept);
    }

    /** What is known of each token, [T], or an empty array. */
    public float[] get(Input input) {
        return known.getOrDefault(input, NONE);
    }

    /** Number of response tokens that are trained on. */
    public int trainedTokens() {
        int count = 0;
        for (boolean trained : mask) {
            count += trained ? 1 : 0;
        }
        return count;
    }
}
