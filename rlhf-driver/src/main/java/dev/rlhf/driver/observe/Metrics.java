package dev.rlhf.driver.observe;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** All numbers of a run with their meaning: the one home of the words in report, endpoint and documentation. */
public final class Metrics {
    /** Every number, in the order in which they are explained. */
    public static final List<Metric> ALL = read();

    private static final String FILE = "metrics.json";
    private static final String PARTS = "reward_*";
    private static final String PART = "reward_";

    private Metrics() {}

    /** What is known of a key of {@code metrics.jsonl}; empty for one that nobody has described. */
    public static Optional<Metric> of(String key) {
        return ALL.stream().filter(metric -> metric.key().equals(key)).findFirst();
    }

    /** A number that is described; throws BUG for another. */
    public static Metric known(String key) {
        return of(key).orElseThrow(() -> RlhfException.bug(FILE + " does not describe " + key));
    }

    /** A number that only Prometheus gets; throws BUG for another. */
    static Metric exported(String name) {
        return ALL.stream()
                .filter(metric -> metric.name().equals(name))
                .findFirst()
                .orElseThrow(() -> RlhfException.bug(FILE + " does not describe " + name));
    }

    /** What all parts of the reward have in common. */
    public static Metric rewardPart() {
        return known(PARTS);
    }

    /** The reward whose part of the whole stands under {@code key}, e.g. {@code exact-match}; empty for any other number. */
    public static Optional<String> rewardOf(String key) {
        return key.startsWith(PART) && of(key).isEmpty()
                ? Optional.of(key.substring(PART.length()).replace('_', '-'))
                : Optional.empty();
    }

    private static List<Metric> read() {
        try (InputStream stream = Metrics.class.getResourceAsStream(FILE)) {
            if (stream == null) {
                throw RlhfException.bug(FILE + " is not on the class path");
            }
            return List.copyOf(JsonMapper.builder().build().readValue(stream, new TypeReference<List<Metric>>() {}));
        } catch (IOException e) {
            throw RlhfException.resource("cannot read " + FILE, e);
        }
    }
}
