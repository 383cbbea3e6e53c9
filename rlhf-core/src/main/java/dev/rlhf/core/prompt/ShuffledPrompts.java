package dev.rlhf.core.prompt;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Endless draws from a list, each pass in a new order that depends on the seed and the pass alone.
 *
 * <p>The order is a function of (seed, epoch), so a cursor is all a checkpoint needs to continue with the same items.
 *
 * @param <T> a prompt, a pair or any other training example
 */
public final class ShuffledPrompts<T> {
    private final List<T> items;
    private final Seed seed;
    private PromptCursor cursor;
    private int[] order;

    /** Starts at {@code cursor}; throws USER when there is nothing to draw. */
    public ShuffledPrompts(List<T> items, Seed seed, PromptCursor cursor) {
        if (items.isEmpty()) {
            throw RlhfException.user("the data set is empty: there is nothing to train on");
        }
        this.items = List.copyOf(items);
        this.seed = seed;
        this.cursor = cursor;
        this.order = order(cursor.epoch());
    }

    /** The next {@code count} items; runs on into the next pass when this one ends. */
    public List<T> next(int count) {
        List<T> drawn = new ArrayList<>(count);
        while (drawn.size() < count) {
            if (cursor.position() == items.size()) {
                cursor = new PromptCursor(cursor.epoch() + 1, 0);
                order = order(cursor.epoch());
            }
            drawn.add(items.get(order[cursor.position()]));
            cursor = new PromptCursor(cursor.epoch(), cursor.position() + 1);
        }
        return drawn;
    }

    /** Where the next draw starts. */
    public PromptCursor cursor() {
        return cursor;
    }

    private int[] order(long epoch) {
        int[] shuffled = new int[items.size()];
        RandomGenerator random = seed.derive("prompt-order", epoch).random();
        for (int i = 0; i < shuffled.length; i++) {
            int j = random.nextInt(i + 1);
            shuffled[i] = shuffled[j];
            shuffled[j] = i;
        }
        return shuffled;
    }
}
