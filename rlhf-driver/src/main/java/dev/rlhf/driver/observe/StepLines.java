package dev.rlhf.driver.observe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A file with JSON lines that know the step they belong to. */
public final class StepLines {
    private static final String RUN_STEP = "run_step";
    private static final String STEP = "step";
    private static final String STAGE = "stage";

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final Path file;

    StepLines(Path file) {
        this.file = file;
    }

    /** The begin of every line: what it belongs to. */
    static ObjectNode line(String stage, int step, int runStep) {
        return JSON.createObjectNode().put(STAGE, stage).put(STEP, step).put(RUN_STEP, runStep);
    }

    /** Adds a line; it is in the file when this returns. */
    void add(ObjectNode line) {
        try {
            Files.writeString(
                    file, line + "\n", StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** Brings all lines to the disk. */
    void sync() {
        try {
            DurableFiles.sync(file);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /**
     * Cuts off what was written after {@code runSteps} steps, a half-written line included.
     *
     * @param finished names of the stages whose lines all belong to steps that are done
     */
    void rewind(int runSteps, Set<String> finished) {
        try {
            StringBuilder kept = new StringBuilder();
            lines(file).stream()
                    .filter(line -> step(line, finished) <= runSteps)
                    .forEach(line -> kept.append(line).append('\n'));
            DurableFiles.write(file, kept.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /**
     * The objects in a file that a run may be writing to, or was killed while it did; none when it is not there.
     *
     * @param remarks gets a sentence for each line that is passed over
     */
    public static List<JsonNode> read(Path file, List<String> remarks) throws IOException {
        List<JsonNode> objects = new ArrayList<>();
        List<String> lines = lines(file);
        for (int i = 0; i < lines.size(); i++) {
            JsonNode object = parse(lines.get(i));
            if (object.isObject()) {
                objects.add(object);
            } else if (!lines.get(i).isBlank()) {
                remarks.add(
                        "Line " + (i + 1) + " of " + file.getFileName() + " is only half written and was passed over.");
            }
        }
        return objects;
    }

    /** A character may be cut in half as well; decoded so, it spoils no line but its own. */
    private static List<String> lines(Path file) throws IOException {
        return Files.exists(file)
                ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                        .lines()
                        .toList()
                : List.of();
    }

    /** The step that a line belongs to; what is said before the first step of a stage that is not finished belongs to that step. */
    private static int step(String line, Set<String> finished) {
        JsonNode node = parse(line);
        boolean done = finished.contains(node.path(STAGE).asText());
        int beforeFirst = node.path(STEP).asInt(1) == 0 && !done ? 1 : 0;
        return node.has(RUN_STEP) ? node.path(RUN_STEP).asInt() + beforeFirst : Integer.MAX_VALUE;
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException halfWritten) {
            return MissingNode.getInstance();
        }
    }

    private RlhfException failure(IOException e) {
        return FileFault.unwritten(file, e);
    }
}
