package dev.rlhf.driver.data;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;
import dev.rlhf.core.loop.PreferencePair;
import dev.rlhf.core.loop.ShuffledExamples;
import dev.rlhf.core.update.Experience;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file of preference pairs.
 *
 * @param path the file, relative to the recipe: .jsonl, .json, .csv, .tsv (each also with .gz) or .parquet
 * @param format optional: its format where the name does not say it: jsonl, json, csv, tsv or parquet
 * @param chosenKey key or column that holds the preferred text
 * @param rejectedKey key or column that holds the other text
 * @param promptKey optional: key or column that holds the prompt; without it both texts start with the same dialogue,
 *     which is split after the last assistant-mark
 * @param assistantMark what stands before each turn of the assistant in such a dialogue
 * @param heldOut pairs kept for evaluation, the last ones of the file
 * @param trainLimit most pairs trained on, the first ones of the file; null for all
 * @param tooLong rows longer than the context: refuse, drop, or truncate (prompts keep their end, other texts their start)
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
        @Nullable @Range(min = 1) Integer trainLimit,
        TooLong tooLong)
        implements PairData {
    @Override
    public @Nullable String pairsOf() {
        return null;
    }

    @Override
    public PairData withoutPairsOf() {
        return this;
    }

    @Override
    public List<Draw> draws() {
        return List.of();
    }

    @Override
    public DataPart read(DataLoader loader) {
        return DataPart.of("data", load(loader, Split.TRAIN), load(loader, Split.HELD_OUT));
    }

    @Override
    public PreferenceSource open(PairStart start) {
        List<List<Experience>> examples = load(start.loader(), Split.TRAIN).items().stream()
                .map(PreferencePair::rows)
                .toList();
        return new PreferenceSource(
                new ShuffledExamples(examples, start.seed(), start.state()),
                load(start.loader(), Split.HELD_OUT).items());
    }

    private List<DataRow> rows(Split split) {
        List<DataRow> rows = Source.part(path, format, split, heldOut);
        return split == Split.TRAIN && trainLimit != null ? rows.subList(0, Math.min(trainLimit, rows.size())) : rows;
    }

    /** The pairs of one part; those held out may be none. */
    Loaded<PreferencePair> load(DataLoader loader, Split split) {
        if (split == Split.HELD_OUT && heldOut == 0) {
            return Loaded.none(path.toString());
        }
        return TokenBudget.ofFile(path, tooLong)
                .load(
                        rows(split),
                        row -> loader.pair(
                                row.place(),
                                promptKey == null
                                        ? Dialogue.split(
                                                row.dialogue(chosenKey),
                                                row.dialogue(rejectedKey),
                                                assistantMark,
                                                row.place())
                                        : new Dialogue(
                                                row.text(promptKey), row.text(chosenKey), row.text(rejectedKey))));
    }
}
