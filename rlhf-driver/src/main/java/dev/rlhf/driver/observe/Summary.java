package dev.rlhf.driver.observe;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.DurableFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a run came to, as in {@code summary.json}.
 *
 * @param stages the finished stages, in order
 */
public record Summary(List<StageResult> stages) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();
    private static final String ROW = "%-16s %-13s %6s %18s %10s %8s %15s %9s%n";

    /** Keeps its own copy. */
    public Summary {
        stages = List.copyOf(stages);
    }

    /** Writes {@code summary.json}. */
    public void write(Path file) {
        try {
            DurableFiles.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this));
        } catch (IOException e) {
            throw RlhfException.resource("cannot write " + file + ": " + e.getMessage(), e);
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

    /** The table a run ends with. */
    public String table() {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                ROW,
                "stage",
                "kind",
                "steps",
                "held-out accuracy",
                "reward",
                "KL",
                "pair accuracy",
                "seconds"));
        for (StageResult stage : stages) {
            table.append(String.format(
                    Locale.ROOT,
                    ROW,
                    stage.name(),
                    stage.kind(),
                    stage.steps(),
                    percent(stage.evalAccuracy()),
                    number(stage.rewardMean()),
                    number(stage.kl()),
                    percent(stage.pairAccuracy()),
                    String.format(Locale.ROOT, "%.1f", stage.seconds())));
        }
        return table.toString();
    }

    private static String percent(@Nullable Double share) {
        return share == null ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static String number(@Nullable Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%.3f", value);
    }
}
