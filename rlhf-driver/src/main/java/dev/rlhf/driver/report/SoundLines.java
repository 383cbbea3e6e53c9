package dev.rlhf.driver.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The readable lines of a JSONL file that a run may be writing to, or was killed while it did. */
final class SoundLines {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private SoundLines() {}

    /**
     * Reads the objects of a file, none when it is not there.
     *
     * @param remarks gets a sentence for each line that is passed over
     */
    static List<JsonNode> read(Path file, List<String> remarks) throws IOException {
        List<JsonNode> objects = new ArrayList<>();
        if (!Files.exists(file)) {
            return objects;
        }
        // Unlike Files.newBufferedReader this one survives a character that was written by half.
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            int number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                JsonNode object = parse(line);
                if (object.isObject()) {
                    objects.add(object);
                } else if (!line.isBlank()) {
                    remarks.add("Line " + number + " of " + file.getFileName()
                            + " is only half written and was passed over.");
                }
            }
        }
        return objects;
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException halfWritten) {
            return MissingNode.getInstance();
        }
    }
}
