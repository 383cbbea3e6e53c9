package dev.rlhf.learner.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.core.base.InputFile;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** JSON files of a model directory. */
public final class JsonFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonFile() {}

    /**
     * Reads a whole file.
     *
     * @throws RlhfException USER naming the file when it is missing or not JSON
     */
    public static JsonNode read(Path file) {
        InputFile.require(file);
        try {
            return JSON.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw RlhfException.user("not JSON: " + file + " (" + JsonMistake.describe(e) + ")");
        } catch (IOException e) {
            throw RlhfException.resource("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** Writes a file, indented, and forces it to disk. */
    public static void write(Path file, JsonNode json) {
        try {
            Files.writeString(
                    file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + System.lineSeparator());
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        } catch (IOException e) {
            throw RlhfException.resource("cannot write " + file + ": " + e.getMessage(), e);
        }
    }
}
