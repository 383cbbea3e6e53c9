package dev.rlhf.core.loop;

import dev.rlhf.core.base.Seed;
import dev.rlhf.core.prompt.PromptCursor;
import dev.rlhf.core.prompt.ShuffledPrompts;
import dev.rlhf.core.update.Experience;
import java.util.List;

/** Examples of a data set, each pass in a new order. */
public final class ShuffledExamples implements ExampleSource {
    private final ShuffledPrompts<List<Experience>> examples;

    /** Goes on where {@code state} says; an example is one row, or the two of a pair. */
    public ShuffledExamples(List<List<Experience>> examples, Seed seed, LoopState state) {
        this.examples = new ShuffledPrompts<>(examples, seed.derive("examples"), state.cursor(0));
    }

    @Override
    public List<Experience> next(int count) {
        return examples.next(count).stream().flatMap(List::stream).toList();
    }

    @Override
    public List<PromptCursor> cursors() {
        return List.of(examples.cursor());
    }
}
