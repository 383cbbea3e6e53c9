package dev.rlhf.driver.data;

import dev.rlhf.core.prompt.Tokenizer;
import java.util.Arrays;
import java.util.stream.Collectors;

/** One token a character, 0 ends a sequence. */
final class CharacterTokenizer implements Tokenizer {
    @Override
    public int[] encode(String text) {
        return text.chars().toArray();
    }

    @Override
    public String decode(int[] tokens) {
        return Arrays.stream(tokens)
                .filter(token -> token != 0)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
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
