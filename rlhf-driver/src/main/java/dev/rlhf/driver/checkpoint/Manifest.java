package dev.rlhf.driver.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rlhf.learner.files.JsonMistake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The SHA-256 of each file of a checkpoint.
 *
 * @param files hexadecimal digest by path relative to the checkpoint
 */
record Manifest(Map<String, String> files) {
    static final String FILE = "manifest.json";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Hashes every file of {@code directory}. */
    static Manifest of(Path directory) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        for (Path file : DurableFiles.files(directory)) {
            String name = directory.relativize(file).toString();
            if (!name.equals(FILE)) {
                digests.put(name, Sha256.of(file));
            }
        }
        return new Manifest(digests);
    }

    /** Writes it into {@code directory}. */
    void write(Path directory) throws IOException {
        DurableFiles.write(
                directory.resolve(FILE), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this));
    }

    /** What is wrong with the files of {@code directory}; empty when each is as the manifest says. */
    static Optional<String> flaw(Path directory) {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.of(FILE + " is missing");
        }
        try {
            Map<String, String> expected = Optional.ofNullable(JSON.readValue(file.toFile(), Manifest.class))
                    .map(Manifest::files)
                    .orElse(Map.of());
            if (expected.isEmpty()) {
                return Optional.of(FILE + " lists no files");
            }
            Map<String, String> found = of(directory).files();
            for (Map.Entry<String, String> entry : expected.entrySet()) {
                if (!found.containsKey(entry.getKey())) {
                    return Optional.of(entry.getKey() + " is missing");
                }
                if (!entry.getValue().equals(found.get(entry.getKey()))) {
                    return Optional.of(entry.getKey() + " differs from its SHA-256 in " + FILE);
                }
            }
            return Optional.empty();
        } catch (JsonProcessingException broken) {
            return Optional.of(FILE + " is not JSON: " + JsonMistake.describe(broken));
        } catch (IOException unreadable) {
            return Optional.of("it cannot be read: " + unreadable.getMessage());
        }
    }
}
