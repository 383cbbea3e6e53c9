package dev.rlhf.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Locale;

/**
 * One row of the page: a ratio that was measured several times, and what it must be.
 *
 * @param name what was measured
 * @param ratios the ratio of each pair or step
 * @param ours median of our side, with its unit
 * @param peers median of the peer's side, with its unit; empty where there is no peer
 * @param limit what the ratio must be
 * @param peer what the peer is made of; empty where there is none
 */
record Measurement(String name, double[] ratios, String ours, String peers, Limit limit, String peer) {
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
    }

    /** The ratio that counts. */
    double median() {
        return median(ratios);
    }

    boolean holds() {
        return limit.holds(median());
    }

    static double median(double[] numbers) {
        double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** A line for the console. */
    String line() {
        return String.format(
                Locale.ROOT,
                "%-40s %.3f (%.3f – %.3f)  %s  bar %s %s  ours %s  peer %s",
                name,
                median(),
                Arrays.stream(ratios).min().orElse(0),
                Arrays.stream(ratios).max().orElse(0),
                holds() ? "holds" : "MISSED",
                limit.more() ? "≥" : "≤",
                limit.bar(),
                ours,
                peers.isEmpty() ? "–" : peers);
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("name", name);
        json.put("ratio", median())
                .put("bar", limit.bar())
                .put("goal", limit.goal())
                .put("holds", holds());
        Arrays.stream(ratios).forEach(json.putArray("ratios")::add);
        return json.put("ours", ours).put("peers", peers).put("peer", peer);
    }
}
