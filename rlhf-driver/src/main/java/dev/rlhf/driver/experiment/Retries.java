package dev.rlhf.driver.experiment;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.DurableFiles;
import dev.rlhf.experiment.design.Cell;
import dev.rlhf.experiment.design.Experiment;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Runs whose process was killed and that were tried once more, and why; kept in a file, and several threads add to it. */
final class Retries {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ExperimentDirectory directory;
    private final Map<String, String> reasons;

    /** Those that the directory knows of. */
    Retries(ExperimentDirectory directory) throws IOException {
        this.directory = directory;
        this.reasons = Files.exists(directory.retries())
                ? JSON.readValue(directory.retries().toFile(), new TypeReference<TreeMap<String, String>>() {})
                : new TreeMap<>();
    }

    /** A run is tried once more. */
    synchronized void add(Cell cell, String why) {
        reasons.put(cell.id(), why);
        try {
            DurableFiles.write(
                    directory.retries(), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(reasons));
        } catch (IOException e) {
            throw RlhfException.resource("cannot write " + directory.retries() + ": " + DurableFiles.reason(e), e);
        }
    }

    /** A sentence for each run of the experiment that was tried once more, in its order. */
    synchronized List<String> remarks(Experiment experiment) {
        return experiment.cells().stream()
                .map(Cell::id)
                .filter(reasons::containsKey)
                .map(id -> "The run " + id + " was tried twice: at first " + reasons.get(id) + ".")
                .toList();
    }
}
