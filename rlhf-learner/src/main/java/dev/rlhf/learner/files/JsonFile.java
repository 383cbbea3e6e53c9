package dev.rlhf.learner.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.InputFile;
import dev.rlhf.core.base.RlhfException;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** JSON files of a model directory. */
public final class JsonFile {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final ObjectMapper ONCE = JSON.copy().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

    private JsonFile() {}

    /**
     * Reads a whole file.
     *
     * @throws RlhfException USER naming the file when it is missing or not JSON
     */
    public static JsonNode read(Path file) {
        return read(file, JSON);
    }

    /** As {@link #read(Path)}, of a file that must hold an object; throws USER for an empty one and one of another kind. */
    public static JsonNode readObject(Path file) {
        JsonNode json = read(file);
        if (!json.isObject()) {
            throw RlhfException.user(file + " must hold a JSON object, {…}, and "
                    + (json.isMissingNode() ? "is empty" : "holds another kind of value"));
        }
        return json;
    }

    /** As {@link #read(Path)}, but a key that is there twice is a mistake too; elsewhere the last one counts, as in Python. */
    static JsonNode readOnce(Path file) {
        return read(file, ONCE);
    }

    private static JsonNode read(Path file, ObjectMapper json) {
        InputFile.require(file);
        try {
            return json.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw RlhfException.user("not JSON: " + file + " (" + JsonMistake.describe(e) + ")");
        } catch (CharConversionException e) {
            throw RlhfException.user("not JSON: " + file + " (it is no text of UTF-8)");
        } catch (IOException e) {
            throw RlhfException.resource("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** Writes a file, indented; whoever needs it to outlive a power cut syncs it. */
    public static void write(Path file, JsonNode json) {
        try {
            Files.writeString(
                    file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + System.lineSeparator());
        } catch (IOException e) {
            throw FileFault.unwritten(file, e);
        }
    }
}
