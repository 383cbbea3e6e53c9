package dev.rlhf.driver.observe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file with JSON lines that know the step they belong to. */
final class StepLines {
    private static final String RUN_STEP = "run_step";
    private static final String STEP = "step";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;

    StepLines(Path file) {
        this.file = file;
    }

    /** The begin of every line: what it belongs to. */
    static ObjectNode line(String stage, int step, int runStep) {
        return JSON.createObjectNode().put("stage", stage).put(STEP, step).put(RUN_STEP, runStep);
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

    /** Cuts off what was written after {@code runSteps} steps, a half-written line included. */
    void rewind(int runSteps) {
        try {
            StringBuilder kept = new StringBuilder();
            if (Files.exists(file)) {
                // A character may be cut in half as well; decoded so, it spoils no line but its own.
                String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
                text.lines()
                        .filter(line -> step(line) <= runSteps)
                        .forEach(line -> kept.append(line).append('\n'));
            }
            DurableFiles.write(file, kept.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** The step that a line belongs to; what is said before a stage's first step belongs to that step. */
    private static int step(String line) {
        try {
            JsonNode node = JSON.readTree(line);
            int beforeFirst = node.path(STEP).asInt(1) == 0 ? 1 : 0;
            return node.has(RUN_STEP) ? node.path(RUN_STEP).asInt() + beforeFirst : Integer.MAX_VALUE;
        } catch (JsonProcessingException halfWritten) {
            return Integer.MAX_VALUE;
        }
    }

    private RlhfException failure(IOException e) {
        return RlhfException.resource(
                "cannot write " + file + ": " + DurableFiles.reason(e) + "; make room or mend the disk", e);
    }
}
