package dev.rlhf.driver.data;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.prompt.PromptCursor;
import dev.rlhf.core.prompt.ShuffledPrompts;
import java.util.List;

/** Spelling words backwards: {@code cat>} is to be answered by {@code tac}. */
final class SpellingTask {
    /** The split is part of the task: it must not move with the seed of a run. */
    private static final Seed SPLIT = new Seed(4501);

    private static final String END_OF_WORD = ">";

    private final List<String> words;

    SpellingTask(List<String> words) {
        this.words = List.copyOf(words);
    }

    /** The words of a split; throws USER when there is none. */
    List<String> words(SpellingData data) {
        List<String> fitting = words.stream()
                .filter(word -> word.length() >= data.minLength() && word.length() <= data.maxLength())
                .toList();
        if (data.heldOut() >= fitting.size()) {
            throw RlhfException.user("the data set is empty: there are " + fitting.size() + " words of "
                    + data.minLength() + " to " + data.maxLength() + " letters, and " + data.heldOut()
                    + " are held out");
        }
        List<String> shuffled = new ShuffledPrompts<>(fitting, SPLIT, PromptCursor.START).next(fitting.size());
        List<String> part = data.split() == Split.HELD_OUT
                ? shuffled.subList(0, data.heldOut())
                : shuffled.subList(data.heldOut(), fitting.size());
        if (part.isEmpty()) {
            throw RlhfException.user("the data set is empty: held-out is 0, so no word is left for split held-out");
        }
        return List.copyOf(part);
    }

    static String prompt(String word) {
        return word + END_OF_WORD;
    }

    static String answer(String word) {
        return new StringBuilder(word).reverse().toString();
    }
}
