package dev.rlhf.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Ways in which a peer can do the same work, of which only the fastest is worth a comparison.
 *
 * @param seconds median time of a step of each, by its place
 * @param names what each way is called
 * @param fastest place of the fastest
 */
record Heats(List<Double> seconds, List<String> names, int fastest) {
    private static final int TRIALS = 3;

    /** Lets them run in turn: a block each to warm up, then timed ones. All but the fastest are closed. */
    static Heats among(List<Peer> peers, List<String> names, Comparison.Blocks blocks) {
        int steps = blocks.steps();
        int trials = Math.min(TRIALS, blocks.pairs());
        if (blocks.warmUp() > 0) {
            peers.forEach(peer -> peer.run(steps));
        }
        double[][] times = new double[peers.size()][trials];
        for (int trial = 0; trial < trials; trial++) {
            for (int i = 0; i < peers.size(); i++) {
                times[i][trial] = peers.get(i).run(steps).seconds() / steps;
            }
        }
        List<Double> medians = new ArrayList<>();
        for (double[] each : times) {
            medians.add(Measurement.median(each));
        }
        int fastest =
                medians.indexOf(medians.stream().min(Comparator.naturalOrder()).orElseThrow());
        for (int i = 0; i < peers.size(); i++) {
            if (i != fastest) {
                peers.get(i).close();
            }
        }
        return new Heats(medians, names, fastest);
    }

    /** Which was the fastest, and how long the others took. */
    String words() {
        List<String> others = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            if (i != fastest) {
                others.add(String.format(Locale.ROOT, "%s %,.0f ms", names.get(i), 1000 * seconds.get(i)));
            }
        }
        return others.stream().collect(Collectors.joining(", ", names.get(fastest) + "; ", ""));
    }
}
