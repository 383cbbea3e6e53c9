package dev.rlhf.driver.experiment;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.experiment.design.Cell;
import dev.rlhf.experiment.design.Experiment;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which runs of an experiment are to be done, and which of them can be begun; several threads take from it. */
final class Schedule {
    private final Experiment experiment;
    private final Set<Cell> waiting;
    private final Set<Cell> running = new LinkedHashSet<>();
    private final Set<Cell> done;
    private final Map<Cell, String> failed = new LinkedHashMap<>();

    Schedule(Experiment experiment, Set<Cell> done) {
        this.experiment = experiment;
        this.done = new LinkedHashSet<>(done);
        this.waiting = new LinkedHashSet<>(experiment.cells());
        waiting.removeAll(done);
    }

    /** The next run whose forerunners are done, waiting for them where they are under way; empty when nothing is left. */
    synchronized Optional<Cell> next() throws InterruptedException {
        while (true) {
            giveUpWhatBuildsOnFailures();
            Optional<Cell> ready = waiting.stream()
                    .filter(cell -> done.containsAll(experiment.before(cell)))
                    .findFirst();
            if (ready.isPresent()) {
                waiting.remove(ready.get());
                running.add(ready.get());
                return ready;
            }
            if (waiting.isEmpty()) {
                return Optional.empty();
            }
            if (running.isEmpty()) {
                throw RlhfException.bug("runs wait for runs that nobody does: " + waiting);
            }
            // A run under way has a deadline of its own, after which it counts as failed.
            wait();
        }
    }

    private void giveUpWhatBuildsOnFailures() {
        for (Cell cell : List.copyOf(waiting)) {
            experiment.before(cell).stream()
                    .filter(failed::containsKey)
                    .findFirst()
                    .ifPresent(broken -> {
                        waiting.remove(cell);
                        failed.put(cell, "not run, since " + broken.id() + " failed");
                    });
        }
    }

    /** A run has come to its end. */
    synchronized void finished(Cell cell) {
        running.remove(cell);
        done.add(cell);
        notifyAll();
    }

    /** A run has failed; those that build on it will not be run. */
    synchronized void failed(Cell cell, String why) {
        running.remove(cell);
        failed.put(cell, why);
        notifyAll();
    }

    /** Nothing more is begun; what was not comes to nothing. */
    synchronized void giveUp() {
        waiting.clear();
        notifyAll();
    }

    /** Why runs failed. */
    synchronized Map<Cell, String> failures() {
        return new LinkedHashMap<>(failed);
    }
}
