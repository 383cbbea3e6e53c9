package dev.rlhf.driver.observe;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.DurableFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a run came to, as in {@code summary.json}.
 *
 * @param stages the finished stages, in order
 */
public record Summary(List<StageResult> stages) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();
    private static final int NAMES = 2;

    /** Keeps its own copy. */
    public Summary {
        stages = List.copyOf(stages);
    }

    /** Writes {@code summary.json}. */
    public void write(Path file) {
        try {
            DurableFiles.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this));
        } catch (IOException e) {
            throw FileFault.unwritten(file, e);
        }
    }

    /** Reads {@code summary.json}; throws USER when it cannot be read. */
    public static Summary read(Path file) {
        try {
            return JSON.readValue(file.toFile(), Summary.class);
        } catch (IOException e) {
            throw RlhfException.user("cannot read " + file + ": " + e.getMessage());
        }
    }

    /** The table a run ends with: what was measured before the first step stands before what was measured after the last. */
    public String table() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(row(
                List.of("stage", "kind", "steps"),
                stages.get(0),
                outcome -> outcome.metric().column(),
                "seconds"));
        for (StageResult stage : stages) {
            rows.add(row(
                    List.of(stage.name(), stage.kind(), String.valueOf(stage.steps())),
                    stage,
                    outcome -> outcome.text().orElse("-"),
                    String.format(Locale.ROOT, "%.1f", stage.seconds())));
        }
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            Arrays.setAll(
                    widths, column -> Math.max(widths[column], row.get(column).length()));
        }
        return rows.stream().map(row -> line(row, widths)).collect(Collectors.joining("\n"));
    }

    private static List<String> row(
            List<String> names, StageResult stage, Function<Outcome, String> number, String seconds) {
        return Stream.of(names.stream(), stage.outcomes().stream().map(number), Stream.of(seconds))
                .flatMap(Function.identity())
                .toList();
    }

    /** Names to the left, numbers to the right. */
    private static String line(List<String> row, int[] widths) {
        return IntStream.range(0, widths.length)
                .mapToObj(column ->
                        String.format("%" + (column < NAMES ? "-" : "") + widths[column] + "s", row.get(column)))
                .collect(Collectors.joining("  "));
    }
}
