package dev.rlhf.core.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShuffledPromptsTest {
    private static final List<Integer> ITEMS = IntStream.range(0, 10).boxed().toList();
    private static final Seed SEED = new Seed(5);

    @Test
    void everyPassHasEveryItemOnceInAnOrderOfItsOwn() {
        ShuffledPrompts<Integer> prompts = new ShuffledPrompts<>(ITEMS, SEED, PromptCursor.START);
        List<Integer> first = prompts.next(10);
        List<Integer> second = prompts.next(10);
        assertThat(first).containsExactlyInAnyOrderElementsOf(ITEMS).isNotEqualTo(ITEMS);
        assertThat(second).containsExactlyInAnyOrderElementsOf(ITEMS).isNotEqualTo(first);
    }

    @Test
    void aCursorIsAllThatIsNeededToGoOn() {
        List<Integer> straight = new ShuffledPrompts<>(ITEMS, SEED, PromptCursor.START).next(47);
        ShuffledPrompts<Integer> prompts = new ShuffledPrompts<>(ITEMS, SEED, PromptCursor.START);
        List<Integer> pieced = new ArrayList<>();
        for (int count : new int[] {3, 7, 0, 13, 1, 23}) {
            pieced.addAll(prompts.next(count));
            prompts = new ShuffledPrompts<>(ITEMS, SEED, prompts.cursor());
        }
        assertThat(pieced).isEqualTo(straight);
        assertThat(prompts.cursor()).isEqualTo(new PromptCursor(4, 7));
    }

    @Test
    void theSeedDecidesTheOrder() {
        List<Integer> once = new ShuffledPrompts<>(ITEMS, SEED, PromptCursor.START).next(10);
        assertThat(new ShuffledPrompts<>(ITEMS, SEED, PromptCursor.START).next(10))
                .isEqualTo(once);
        assertThat(new ShuffledPrompts<>(ITEMS, new Seed(6), PromptCursor.START).next(10))
                .isNotEqualTo(once);
    }

    @Test
    void moreThanThereAreRunsOnIntoTheNextPasses() {
        assertThat(new ShuffledPrompts<>(List.of("a", "b"), SEED, PromptCursor.START).next(5))
                .hasSize(5)
                .containsOnly("a", "b");
    }

    @Test
    void nothingToDrawIsTheUsersMistake() {
        assertThatThrownBy(() -> new ShuffledPrompts<>(List.of(), SEED, PromptCursor.START))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContaining("empty");
    }
}
