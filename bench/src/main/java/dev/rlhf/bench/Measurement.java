package dev.rlhf.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * One row of the page: a ratio that was measured several times, and what it must be.
 *
 * @param name what was measured
 * @param ratios the ratio of each pair or step
 * @param ours median of our side, with its unit
 * @param peers median of the peer's side, with its unit; empty where there is no peer
 * @param limit what the ratio must be; empty where it is told for the record
 * @param peer what the peer is made of; empty where there is none
 */
record Measurement(String name, double[] ratios, String ours, String peers, Optional<Limit> limit, String peer) {
    /** A ratio that must be something. */
    Measurement(String name, double[] ratios, String ours, String peers, Limit limit, String peer) {
        this(name, ratios, ours, peers, Optional.of(limit), peer);
    }

    /**
     * What a ratio must be.
     *
     * @param more whether more is better
     * @param bar the least that will do
     * @param goal what is wanted
     */
    record Limit(boolean more, double bar, double goal) {
        boolean holds(double ratio) {
            return more ? ratio >= bar : ratio <= bar;
        }

        /** The bar in words, e.g. {@code ≥ 0.95}. */
        String barWords() {
            return sign() + bar;
        }

        /** The goal in words. */
        String goalWords() {
            return sign() + goal;
        }

        private String sign() {
            return more ? "≥ " : "≤ ";
        }
    }

    /** The ratio that counts. */
    double median() {
        return median(ratios);
    }

    boolean holds() {
        return limit.map(wanted -> wanted.holds(median())).orElse(true);
    }

    static double median(double[] numbers) {
        double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Median of the time of a step, in words. */
    static String milliseconds(double[] seconds) {
        return String.format(Locale.ROOT, "%,.0f ms a step", 1000 * median(seconds));
    }

    /** A line for the console. */
    String line() {
        return String.format(
                Locale.ROOT,
                "%-40s %.3f (%.3f – %.3f)  %s  ours %s  peer %s",
                name,
                median(),
                Arrays.stream(ratios).min().orElse(0),
                Arrays.stream(ratios).max().orElse(0),
                limit.map(wanted -> (holds() ? "holds" : "MISSED") + "  bar " + wanted.barWords())
                        .orElse("for the record"),
                ours,
                peers.isEmpty() ? "–" : peers);
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("name", name);
        json.put("ratio", median());
        limit.ifPresent(wanted ->
                json.put("bar", wanted.bar()).put("goal", wanted.goal()).put("holds", holds()));
        Arrays.stream(ratios).forEach(json.putArray("ratios")::add);
        return json.put("ours", ours).put("peers", peers).put("peer", peer);
    }
}
