package dev.rlhf.driver.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.experiment.design.Cell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** SHA-256 of the files that the runs of an experiment read and that it did not make itself. */
final class DataDigests {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ExperimentDirectory directory;
    private final Map<Path, String> digests = new TreeMap<>();

    DataDigests(ExperimentDirectory directory) {
        this.directory = directory;
    }

    /** Adds what a run read; throws USER where it read other files than an earlier one under the same path. */
    void add(Cell cell) throws IOException {
        Path inputs = directory.run(cell).inputs();
        if (Files.exists(inputs)) {
            for (JsonNode input : JSON.readTree(inputs.toFile()).path("inputs")) {
                Path path = Path.of(input.path("path").asText());
                if (!path.startsWith(directory.root())) {
                    add(cell, path, input.path("files"));
                }
            }
        }
    }

    private void add(Cell cell, Path path, JsonNode files) {
        files.properties().forEach(file -> {
            Path read = file.getKey().isEmpty() ? path : path.resolve(file.getKey());
            String before = digests.putIfAbsent(read, file.getValue().asText());
            if (before != null && !before.equals(file.getValue().asText())) {
                throw RlhfException.user(read + " has changed while the experiment ran: " + cell.id()
                        + " read another than runs before it; start the experiment again in another --out");
            }
        });
    }

    /** The digests by the file's name. */
    Map<String, String> byName() {
        Map<String, String> named = new TreeMap<>();
        digests.forEach((path, digest) -> named.put("data " + path.getFileName(), digest));
        return named;
    }
}
