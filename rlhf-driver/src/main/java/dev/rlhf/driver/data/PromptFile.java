package dev.rlhf.driver.data;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;
import dev.rlhf.core.prompt.Prompt;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file of prompts.
 *
 * @param path the file, relative to the recipe: .jsonl, .json, .csv, .tsv (each also with .gz) or .parquet
 * @param format optional: its format where the name does not say it: jsonl, json, csv, tsv or parquet
 * @param promptKey key or column that holds the prompt
 * @param answerKey optional: key or column that holds the answer a rule reward compares with
 * @param template text sent to the model; {@code {prompt}} stands for the prompt
 * @param split which part: train or held-out
 * @param heldOut rows kept for evaluation, the last ones of the file
 * @param tooLong rows longer than the context: refuse, drop, or truncate (prompts keep their end, other texts their start)
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
        Template.require(template);
    }

    @Override
    public Loaded<Prompt> load(DataLoader loader, int maxTokens) {
        return TokenBudget.ofFile(path, tooLong)
                .load(
                        Source.part(path, format, split, heldOut),
                        row -> loader.prompt(
                                row.place(),
                                Template.fill(template, row.text(promptKey)),
                                answerKey == null ? null : row.text(answerKey),
                                maxTokens));
    }

    @Override
    public boolean answered() {
        return answerKey != null;
    }

    @Override
    public Optional<String> keptApart() {
        return split == Split.TRAIN && heldOut > 0 ? Optional.of(heldOut + " rows of " + path) : Optional.empty();
    }

    @Override
    public PromptData heldOutPart() {
        return new PromptFile(path, format, promptKey, answerKey, template, Split.HELD_OUT, heldOut, tooLong);
    }
}
