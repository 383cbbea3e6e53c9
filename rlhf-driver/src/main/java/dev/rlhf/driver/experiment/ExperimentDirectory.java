package dev.rlhf.driver.experiment;

import dev.rlhf.driver.checkpoint.RunDirectory;
import dev.rlhf.experiment.design.Cell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of an experiment.
 *
 * @param root absolute path of its directory
 */
record ExperimentDirectory(Path root) {
    /** Part, levels, seed: {@link Cell#id}. */
    private static final int DEPTH = 3;

    private static final Pattern SEED = Pattern.compile("seed-(-?\\d{1,9})");

    /** The directory of a run. */
    RunDirectory run(Cell cell) {
        return new RunDirectory(cells().resolve(cell.id()));
    }

    private Path cells() {
        return root.resolve("cells");
    }

    /** The seeds that runs were begun with, in their order. */
    List<Integer> seeds() throws IOException {
        if (!Files.isDirectory(cells())) {
            return List.of();
        }
        try (Stream<Path> folders = Files.walk(cells(), DEPTH)) {
            return folders.map(folder -> SEED.matcher(folder.getFileName().toString()))
                    .filter(Matcher::matches)
                    .map(seed -> Integer.valueOf(seed.group(1)))
                    .distinct()
                    .sorted()
                    .toList();
        }
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
