package dev.rlhf.learner.files;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Mean and deviation of a reward model's scores on its own training pairs, by which its scores are whitened.
 *
 * @param mean mean score
 * @param deviation standard deviation, above 0
 */
public record ScoreStatistics(double mean, double deviation) {
    /** Leaves scores as they are. */
    public static final ScoreStatistics NONE = new ScoreStatistics(0, 1);

    private static final String FILE = "score-statistics.json";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Those of some scores. */
    public static ScoreStatistics of(double[] scores) {
        double mean = Arrays.stream(scores).average().orElse(0);
        double variance = Arrays.stream(scores)
                .map(score -> (score - mean) * (score - mean))
                .average()
                .orElse(0);
        // A model that gives every text the same score has nothing to divide by.
        return new ScoreStatistics(mean, variance > 0 ? Math.sqrt(variance) : 1);
    }

    /** Writes them beside a reward model. */
    public void write(Path modelDirectory) throws IOException {
        JSON.writeValue(modelDirectory.resolve(FILE).toFile(), this);
    }

    /** Reads what {@link #write} wrote; throws USER naming the file. */
    public static ScoreStatistics read(Path modelDirectory) {
        Path file = modelDirectory.resolve(FILE);
        try {
            return JSON.readValue(file.toFile(), ScoreStatistics.class);
        } catch (IOException e) {
            throw RlhfException.user("cannot read " + file + " (" + e.getMessage()
                    + "); a reward model without it cannot be whitened: set whiten: false");
        }
    }
}
