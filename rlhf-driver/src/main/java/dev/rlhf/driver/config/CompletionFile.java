package dev.rlhf.driver.config;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file of prompts with the completion to imitate.
 *
 * @param path the file
 * @param format its format, or null when its name says it
 * @param promptKey key that holds the prompt
 * @param completionKey key that holds the completion
 * @param template text sent to the model, {@code {prompt}} standing for the prompt
 * @param split which rows
 * @param heldOut rows kept for evaluation, the last ones of the file
 * @param tooLong what becomes of a row that is longer than the context
 */
@Block(value = "data", kinds = "completions")
public record CompletionFile(
        Path path,
        @Nullable DataFormat format,
        String promptKey,
        String completionKey,
        String template,
        Split split,
        @Range(min = 0) int heldOut,
        TooLong tooLong)
        implements CompletionData {
    /** Checks the template; throws USER. */
    public CompletionFile {
        RecipeChecks.requireTemplate(template);
    }

    @Override
    public Optional<CompletionData> leftOut() {
        return split == Split.TRAIN && heldOut > 0
                ? Optional.of(new CompletionFile(
                        path, format, promptKey, completionKey, template, Split.HELD_OUT, heldOut, tooLong))
                : Optional.empty();
    }
}
