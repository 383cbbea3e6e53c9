package dev.rlhf.driver.experiment;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rlhf.core.base.FileFault;
import dev.rlhf.driver.checkpoint.DurableFiles;
import dev.rlhf.experiment.design.Cell;
import dev.rlhf.experiment.design.Experiment;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Runs whose process was killed, each time with the reason; kept in a file, and several threads add to it. */
final class Retries {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
            .build();

    private final ExperimentDirectory directory;
    private final Map<String, List<String>> reasons;

    /** Those that the directory knows of. */
    Retries(ExperimentDirectory directory) throws IOException {
        this.directory = directory;
        this.reasons = Files.exists(directory.retries())
                ? JSON.readValue(directory.retries().toFile(), new TypeReference<TreeMap<String, List<String>>>() {})
                : new TreeMap<>();
    }

    /** A run's process was killed. */
    synchronized void add(Cell cell, String why) {
        reasons.computeIfAbsent(cell.id(), id -> new ArrayList<>()).add(why);
        try {
            DurableFiles.write(
                    directory.retries(), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(reasons));
        } catch (IOException e) {
            throw FileFault.unwritten(directory.retries(), e);
        }
    }

    /** A sentence for each run of the experiment whose process was killed, in its order. */
    synchronized List<String> remarks(Experiment experiment) {
        return experiment.cells().stream()
                .map(Cell::id)
                .filter(reasons::containsKey)
                .map(id -> remark(id, reasons.getOrDefault(id, List.of())))
                .toList();
    }

    private static String remark(String id, List<String> why) {
        String often = why.size() == 1 ? "" : ", which happened " + why.size() + " times";
        return "The run " + id + " was tried again, since " + why.get(0) + often + ".";
    }
}
