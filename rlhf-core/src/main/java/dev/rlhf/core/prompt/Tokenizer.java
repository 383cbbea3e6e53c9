package dev.rlhf.core.prompt;

import dev.rlhf.core.base.TokenSequence;
import java.util.List;

/**
 * Text to token ids and back.
 *
 * <p>A text with half a character in it (a surrogate without its other half) has no token ids: every method that reads text
 * throws USER for it.
 */
public interface Tokenizer {
    /**
     * Token ids of {@code text}.
     *
     * @param special whether the tokens are added that the tokenizer puts around a text, such as one that begins it
     */
    int[] encode(String text, boolean special);

    /** Token ids of {@code text} alone. */
    default int[] encode(String text) {
        return encode(text, false);
    }

    /** Token ids of a text that a response is to follow: what begins a text is added, what ends one is not. */
    int[] prompt(String text);

    /**
     * A prompt and its whole response, encoded as one text and ended by one end-of-sequence token.
     *
     * <p>It is split before the first token that reaches into the response: a token of both belongs to the response, which the
     * loss must see whole. Where no token would be left to the prompt, the two are encoded apart.
     */
    TokenSequence example(String prompt, String response);

    /** Text of {@code tokens}; {@code special} says whether the names of special tokens stand in it. */
    String decode(int[] tokens, boolean special);

    /** Text of {@code tokens}, special tokens left out. */
    default String decode(int[] tokens) {
        return decode(tokens, false);
    }

    /**
     * The text that each of {@code tokens} adds to a text of which {@code before} are the tokens, [T].
     *
     * <p>A special token adds nothing. A character of several tokens is added by its last one; one that is never finished is not
     * added.
     */
    List<String> pieces(int[] before, int[] tokens);

    /** The token that ends a response. */
    int endOfSequence();

    /** Number of token ids, special ones included. */
    int vocabularySize();
}
