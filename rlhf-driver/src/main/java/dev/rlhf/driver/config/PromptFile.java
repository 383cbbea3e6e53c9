package dev.rlhf.driver.config;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file of prompts.
 *
 * @param path the file
 * @param format its format, or null when its name says it
 * @param promptKey key that holds the prompt
 * @param answerKey key that holds the answer a rule reward compares with, or null
 * @param template text sent to the model, {@code {prompt}} standing for the prompt
 * @param split which rows
 * @param heldOut rows kept for evaluation, the last ones of the file
 * @param tooLong what becomes of a prompt that leaves no room for the response
 */
@Block(value = "data", kinds = "prompts")
public record PromptFile(
        Path path,
        @Nullable DataFormat format,
        String promptKey,
        @Nullable String answerKey,
        String template,
        Split split,
        @Range(min = 0) int heldOut,
        TooLong tooLong)
        implements PromptData {
    /** Checks the template; throws USER. */
    public PromptFile {
        RecipeChecks.requireTemplate(template);
    }

    @Override
    public PromptData heldOutPart() {
        return new PromptFile(path, format, promptKey, answerKey, template, Split.HELD_OUT, heldOut, tooLong);
    }
}
