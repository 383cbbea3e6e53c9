package dev.rlhf.driver.config;

import dev.rlhf.driver.config.bind.Block;
import dev.rlhf.driver.config.bind.Range;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A JSONL file of prompts with the completion to imitate.
 *
 * @param path the file
 * @param promptKey key that holds the prompt
 * @param completionKey key that holds the completion
 * @param template text sent to the model, {@code {prompt}} standing for the prompt
 * @param split which rows
 * @param heldOut rows kept for evaluation, the last ones of the file
 */
@Block(value = "data", kinds = "completions")
public record CompletionFile(
        Path path,
        String promptKey,
        String completionKey,
        String template,
        Split split,
        @Range(min = 0) int heldOut) implements CompletionData {
    /** Checks the template; throws USER. */
    public CompletionFile {
        RecipeChecks.requireTemplate(template);
    }

    @Override
    public Optional<CompletionData> leftOut() {
        return split == Split.TRAIN && heldOut > 0
                ? Optional.of(new CompletionFile(path, promptKey, completionKey, template, Split.HELD_OUT, heldOut))
                : Optional.empty();
    }
}
