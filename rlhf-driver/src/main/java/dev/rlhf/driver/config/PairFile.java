package dev.rlhf.driver.config;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file of preference pairs.
 *
 * @param path the file
 * @param format its format, or null when its name says it
 * @param chosenKey key that holds the preferred text
 * @param rejectedKey key that holds the other text
 * @param promptKey key that holds the prompt, or null when both texts start with the same dialogue, which is then split
 *     after the last {@code assistantMark}
 * @param assistantMark what stands before each turn of the assistant in a dialogue
 * @param heldOut pairs kept for evaluation, the last ones of the file
 * @param tooLong what becomes of a pair of which a text is longer than the context
 */
@Block(value = "data", kinds = "pairs")
public record PairFile(
        Path path,
        @Nullable DataFormat format,
        String chosenKey,
        String rejectedKey,
        @Nullable String promptKey,
        String assistantMark,
        @Range(min = 0) int heldOut,
        TooLong tooLong)
        implements PairData {
    @Override
    public List<Draw> draws() {
        return List.of();
    }
}
