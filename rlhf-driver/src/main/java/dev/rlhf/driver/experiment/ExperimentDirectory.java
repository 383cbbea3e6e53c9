package dev.rlhf.driver.experiment;

import dev.rlhf.driver.checkpoint.RunDirectory;
import dev.rlhf.experiment.design.Cell;
import java.nio.file.Path;

/**
 * The files of an experiment.
 *
 * @param root absolute path of its directory
 */
record ExperimentDirectory(Path root) {
    /** The directory of a run. */
    RunDirectory run(Cell cell) {
        return new RunDirectory(root.resolve("cells").resolve(cell.id()));
    }

    /** The experiment with every key written out. */
    Path resolved() {
        return root.resolve("experiment.yaml");
    }

    /** Which file it is read from, and what is set over it. */
    Path source() {
        return root.resolve("source.json");
    }

    /** Runs that were tried once more, since their process was killed. */
    Path retries() {
        return root.resolve("retries.json");
    }

    /** SHA-256 of what the numbers come from. */
    Path inputs() {
        return root.resolve("inputs.json");
    }

    /** What was measured and what follows. */
    Path results() {
        return root.resolve("results.json");
    }

    /** What a worker prints. */
    Path workerLog(int worker) {
        return root.resolve("worker-" + worker + ".log");
    }

    /** Held by the process that conducts the experiment. */
    Path lock() {
        return root.resolve(".lock");
    }

    /** Held, together, by the processes that run its cells. */
    Path workersLock() {
        return root.resolve(".workers.lock");
    }
}
