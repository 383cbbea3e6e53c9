package dev.rlhf.driver.data;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;
import dev.rlhf.core.base.TokenSequence;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file of prompts with the completion to imitate, or of texts to go on with.
 *
 * @param path the file, relative to the recipe: .jsonl, .json, .csv, .tsv (each also with .gz) or .parquet
 * @param format optional: its format where the name does not say it: jsonl, json, csv, tsv or parquet
 * @param promptKey key or column that holds the prompt; null learns the completion whole, its first character apart, as pre-training does
 * @param completionKey key or column that holds the completion to imitate
 * @param template text sent to the model; {@code {prompt}} stands for the prompt
 * @param split which part: train or held-out
 * @param heldOut rows kept for evaluation, the last ones of the file
 * @param tooLong rows longer than the context: refuse, drop, or truncate (prompts keep their end, other texts their start)
 */
@Block(value = "data", kinds = "completions")
public record CompletionFile(
        Path path,
        @Nullable DataFormat format,
        @Nullable String promptKey,
        String completionKey,
        String template,
        Split split,
        @Range(min = 0) int heldOut,
        TooLong tooLong)
        implements CompletionData {
    /** Checks the template; throws USER. */
    public CompletionFile {
        Template.require(template);
    }

    @Override
    public Loaded<TokenSequence> load(DataLoader loader) {
        return TokenBudget.ofFile(path, tooLong)
                .load(
                        Source.part(path, format, split, heldOut),
                        row -> promptKey == null
                                ? whole(loader, row.place(), row.text(completionKey))
                                : loader.sequence(
                                        row.place(),
                                        Template.fill(template, row.text(promptKey)),
                                        row.text(completionKey)));
    }

    private static TokenBudget.Candidate<TokenSequence> whole(DataLoader loader, String place, String text) {
        int first = text.offsetByCodePoints(0, Math.min(1, text.length()));
        return loader.sequence(place, text.substring(0, first), text.substring(first));
    }

    @Override
    public Optional<CompletionData> leftOut() {
        return split == Split.TRAIN && heldOut > 0
                ? Optional.of(new CompletionFile(
                        path, format, promptKey, completionKey, template, Split.HELD_OUT, heldOut, tooLong))
                : Optional.empty();
    }
}
