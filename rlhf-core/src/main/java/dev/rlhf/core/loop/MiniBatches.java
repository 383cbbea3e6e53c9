package dev.rlhf.core.loop;

import dev.rlhf.core.update.Experience;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Splits the rows of a step into the mini-batches of one pass, in an order of its own for each pass. */
final class MiniBatches {
    private MiniBatches() {}

    /** All rows in {@code settings.miniBatches()} parts whose sizes differ by at most one. */
    static List<List<Experience>> of(List<Experience> rows, PolicySettings settings, int step, int epoch) {
        if (settings.miniBatches() == 1) {
            return List.of(rows);
        }
        List<Experience> shuffled = new ArrayList<>(rows);
        RandomGenerator random =
                settings.seed().derive("mini-batches", step, epoch).random();
        for (int i = shuffled.size() - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            Experience moved = shuffled.get(i);
            shuffled.set(i, shuffled.get(j));
            shuffled.set(j, moved);
        }
        int parts = Math.min(settings.miniBatches(), shuffled.size());
        List<List<Experience>> batches = new ArrayList<>(parts);
        for (int part = 0; part < parts; part++) {
            int from = (int) ((long) shuffled.size() * part / parts);
            int to = (int) ((long) shuffled.size() * (part + 1) / parts);
            batches.add(shuffled.subList(from, to));
        }
        return batches;
    }
}
