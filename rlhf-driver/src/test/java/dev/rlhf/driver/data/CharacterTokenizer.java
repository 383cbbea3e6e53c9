package dev.rlhf.driver.data;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.prompt.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** One token a character; 0 ends a sequence, and 1 begins it where that is asked for. */
record CharacterTokenizer(boolean begins) implements Tokenizer {
    private static final int BEGIN = 1;

    CharacterTokenizer() {
        this(false);
    }

    @Override
    public int[] encode(String text, boolean special) {
        int[] plain = text.chars().toArray();
        return special && begins ? TokenSequence.of(new int[] {BEGIN}, plain).tokens() : plain;
    }

    @Override
    public int[] prompt(String text) {
        return encode(text, true);
    }

    @Override
    public TokenSequence example(String prompt, String response) {
        return TokenSequence.of(prompt(prompt), encode(response + '\0'));
    }

    @Override
    public String decode(int[] tokens, boolean special) {
        return Arrays.stream(tokens)
                .filter(token -> special || token > BEGIN)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    @Override
    public List<String> pieces(int[] before, int[] tokens) {
        return Arrays.stream(tokens)
                .mapToObj(token -> decode(new int[] {token}))
                .toList();
    }

    @Override
    public int endOfSequence() {
        return 0;
    }

    @Override
    public int vocabularySize() {
        return Character.MAX_VALUE + 1;
    }
}
