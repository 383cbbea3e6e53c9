package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a run left.
 *
 * @param directory the run's directory
 */
record RunFiles(Path directory) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** All that must be equal in two runs of a recipe is equal: everything but times. */
    void assertEqual(RunFiles other) throws IOException {
        assertThat(metrics()).as("metrics.jsonl without times").isEqualTo(other.metrics());
        assertThat(lines("evaluations.jsonl"))
                .as("evaluations.jsonl without times")
                .isEqualTo(other.lines("evaluations.jsonl"));
        assertThat(Files.readString(directory.resolve("samples.jsonl")))
                .as("samples.jsonl")
                .isEqualTo(Files.readString(other.directory.resolve("samples.jsonl")));
        assertThat(summary()).as("summary.json without seconds").isEqualTo(other.summary());
        for (String folder : List.of("base", "stages", "best", "model")) {
            assertSameBytes(directory.resolve(folder), other.directory.resolve(folder));
        }
        assertThat(names(directory.resolve("checkpoints"))).isEqualTo(names(other.directory.resolve("checkpoints")));
    }

    /** The lines of metrics.jsonl without their times. */
    List<String> metrics() throws IOException {
        return lines("metrics.jsonl");
    }

    private List<String> lines(String file) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(directory.resolve(file))) {
            ObjectNode fields = (ObjectNode) JSON.readTree(line);
            List<String> names = new ArrayList<>();
            fields.fieldNames().forEachRemaining(names::add);
            fields.remove(
                    names.stream().filter(name -> name.startsWith("time_")).toList());
            lines.add(fields.toString());
        }
        return lines;
    }

    /** summary.json without seconds. */
    JsonNode summary() throws IOException {
        JsonNode summary = JSON.readTree(directory.resolve("summary.json").toFile());
        summary.path("stages").forEach(stage -> ((ObjectNode) stage).remove("seconds"));
        return summary;
    }

    private static void assertSameBytes(Path first, Path second) throws IOException {
        List<String> names = names(first);
        assertThat(names).as("files of %s", first).isNotEmpty().isEqualTo(names(second));
        for (String name : names) {
            assertThat(first.resolve(name)).as(name).hasSameBinaryContentAs(second.resolve(name));
        }
    }

    /** Files below a folder, hidden ones too; of checkpoints the names alone matter, since they hold seconds. */
    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            return found.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }
}
