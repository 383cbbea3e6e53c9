package dev.rlhf.core.prompt;

/** Text to token ids and back. */
public interface Tokenizer {
    /** Token ids of {@code text}, without special tokens added. */
    int[] encode(String text);

    /** Text of {@code tokens}, special tokens left out. */
    String decode(int[] tokens);

    /** The token that ends a response. */
    int endOfSequence();

    /** Number of token ids, special ones included. */
    int vocabularySize();
}
