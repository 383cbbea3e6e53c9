package dev.rlhf.driver.data;

import dev.rlhf.core.base.Seed;
import java.util.List;
import java.util.random.RandomGenerator;

/** Answers with a mistake in them: one or two characters replaced, swapped, dropped or put in. */
public final class Corruption {
    private final int[] alphabet;
    private final Seed seed;

    /** Mistakes made of the characters that occur in {@code answers}. */
    public Corruption(List<String> answers, Seed seed) {
        this.alphabet =
                answers.stream().flatMapToInt(String::chars).distinct().sorted().toArray();
        this.seed = seed;
    }

    /** A text that differs from {@code answer}; the same coordinates give the same text. */
    public String of(String answer, long epoch, int position) {
        RandomGenerator random = seed.derive("mistake", epoch, position).random();
        StringBuilder text = new StringBuilder(answer);
        do {
            int mistakes = 1 + random.nextInt(2);
            for (int i = 0; i < mistakes; i++) {
                change(text, random);
            }
        } while (text.toString().equals(answer));
        return text.toString();
    }

    private void change(StringBuilder text, RandomGenerator random) {
        char drawn = (char) alphabet[random.nextInt(alphabet.length)];
        int place = text.isEmpty() ? 0 : random.nextInt(text.length());
        switch (text.length() < 2 ? 3 : random.nextInt(4)) {
            case 0 -> text.setCharAt(place, drawn);
            case 1 -> swap(text, Math.min(place, text.length() - 2));
            case 2 -> text.deleteCharAt(place);
            default -> text.insert(place, drawn);
        }
    }

    private static void swap(StringBuilder text, int left) {
        char moved = text.charAt(left);
        text.setCharAt(left, text.charAt(left + 1));
        text.setCharAt(left + 1, moved);
    }
}
