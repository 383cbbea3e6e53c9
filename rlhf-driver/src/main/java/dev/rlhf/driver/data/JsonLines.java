package dev.rlhf.driver.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.InputFile;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.learner.files.JsonMistake;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files with one JSON object a line. */
final class JsonLines {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private JsonLines() {}

    /** Reads all lines that are not blank; throws USER naming the file, and the line that is broken. */
    static List<DataRow> read(Path file) {
        InputFile.require(file);
        List<DataRow> rows = new ArrayList<>();
        List<String> lines = lines(file);
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                rows.add(row(file + ":" + (i + 1), i == 0 ? withoutMark(lines.get(i)) : lines.get(i)));
            }
        }
        if (rows.isEmpty()) {
            throw RlhfException.user("the data set is empty: " + file);
        }
        return rows;
    }

    /** Some editors begin a file with the mark of its byte order, which is no part of the text. */
    private static String withoutMark(String firstLine) {
        return firstLine.startsWith("\uFEFF") ? firstLine.substring(1) : firstLine;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (CharacterCodingException e) {
            throw RlhfException.user("not a text file in UTF-8: " + file);
        } catch (IOException e) {
            throw RlhfException.resource("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static DataRow row(String place, String line) {
        try {
            JsonNode node = JSON.readTree(line);
            if (node instanceof ObjectNode fields) {
                return new DataRow(place, fields);
            }
            throw RlhfException.user(place + ": a line must be a JSON object {…}");
        } catch (JsonProcessingException e) {
            throw RlhfException.user(place + ": not JSON: " + JsonMistake.describe(e));
        }
    }
}
