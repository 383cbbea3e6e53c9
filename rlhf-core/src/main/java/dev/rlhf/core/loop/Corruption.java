package dev.rlhf.core.loop;

import dev.rlhf.core.base.Seed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Answers with a mistake in them: one or two characters replaced, swapped, dropped or put in. */
public final class Corruption {
    private final int[] alphabet;
    private final Seed seed;

    /** Mistakes made of the characters that occur in {@code answers}. */
    public Corruption(List<String> answers, Seed seed) {
        this.alphabet = answers.stream()
                .flatMapToInt(String::codePoints)
                .distinct()
                .sorted()
                .toArray();
        this.seed = seed;
    }

    /** A text that differs from {@code answer}; the same coordinates give the same text. */
    public String of(String answer, long epoch, int position) {
        RandomGenerator random = seed.derive("mistake", epoch, position).random();
        List<Integer> text = new ArrayList<>(answer.codePoints().boxed().toList());
        do {
            int mistakes = 1 + random.nextInt(2);
            for (int i = 0; i < mistakes; i++) {
                change(text, random);
            }
        } while (text(text).equals(answer));
        return text(text);
    }

    private void change(List<Integer> text, RandomGenerator random) {
        int drawn = alphabet[random.nextInt(alphabet.length)];
        int place = text.isEmpty() ? 0 : random.nextInt(text.size());
        switch (text.size() < 2 ? 3 : random.nextInt(4)) {
            case 0 -> text.set(place, drawn);
            case 1 -> Collections.swap(text, Math.min(place, text.size() - 2), Math.min(place, text.size() - 2) + 1);
            case 2 -> text.remove(place);
            default -> text.add(place, drawn);
        }
    }

    private static String text(List<Integer> characters) {
        return characters.stream().map(Character::toString).collect(Collectors.joining());
    }
}
