package dev.rlhf.driver.experiment;

import dev.rlhf.driver.observe.Figures;
import dev.rlhf.experiment.design.Cell;
import dev.rlhf.experiment.design.Experiment;
import dev.rlhf.experiment.design.Part;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** Says which run is done and how long the rest will take, by what runs of the same part took. */
final class ExperimentProgress {
    private final PrintStream out;
    private final Experiment experiment;
    private final Set<String> estimated;
    private final int jobs;
    private final int runs;
    private final Map<String, Integer> left = new HashMap<>();
    private final Map<String, double[]> taken = new HashMap<>();
    private int done;

    /** {@code estimated} names the parts whose {@code seconds} are to be believed. */
    ExperimentProgress(
            PrintStream out, Experiment experiment, Set<String> estimated, int jobs, Iterable<Cell> finished) {
        this.out = out;
        this.experiment = experiment;
        this.estimated = estimated;
        this.jobs = jobs;
        experiment.cells().forEach(cell -> left.merge(cell.part(), 1, Integer::sum));
        runs = left.values().stream().mapToInt(Integer::intValue).sum();
        finished.forEach(cell -> {
            left.merge(cell.part(), -1, Integer::sum);
            done++;
        });
        if (done > 0) {
            out.println(done + " of " + runs + " runs are done already");
        }
    }

    /** A run is done after {@code seconds}. */
    synchronized void finished(Cell cell, double seconds) {
        double[] sum = taken.computeIfAbsent(cell.part(), part -> new double[2]);
        sum[0] += seconds;
        sum[1]++;
        said(cell, Figures.duration(seconds));
    }

    /** A run is tried once more. */
    synchronized void again(Cell cell, String why) {
        out.println(cell.id() + ": " + why + "; trying once more");
    }

    /** A run failed. */
    synchronized void failed(Cell cell, String why) {
        said(cell, "failed: " + why);
    }

    private void said(Cell cell, String what) {
        left.merge(cell.part(), -1, Integer::sum);
        done++;
        OptionalDouble seconds = done == runs ? OptionalDouble.empty() : secondsLeft();
        String rest = seconds.isPresent() ? ", " + Figures.duration(seconds.getAsDouble()) + " left" : "";
        out.println("[" + done + "/" + runs + "] " + cell.id() + ": " + what + rest);
    }

    /** Empty while no run of a part is done whose time is not known. */
    private OptionalDouble secondsLeft() {
        double seconds = 0;
        for (Part part : experiment.parts()) {
            if (left.getOrDefault(part.name(), 0) > 0
                    && !taken.containsKey(part.name())
                    && !estimated.contains(part.name())) {
                return OptionalDouble.empty();
            }
            double[] sum = taken.getOrDefault(part.name(), new double[] {part.seconds(), 1});
            seconds += left.getOrDefault(part.name(), 0) * sum[0] / sum[1];
        }
        return OptionalDouble.of(seconds / jobs);
    }
}
