package dev.rlhf.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Tokenizers and what the tokenizers library and transformers make of texts with them: see tools/golden/text_tokens.py. */
public final class GoldenText {
    private static final ObjectMapper JSON = new ObjectMapper();

    private GoldenText() {}

    /** The tokenizers, each with its {@code rules} and with what may stand {@code around} a text. */
    public static JsonNode tokenizers() throws IOException {
        try (InputStream stream = Objects.requireNonNull(GoldenText.class.getResourceAsStream("/golden/text.json"))) {
            return JSON.readTree(stream);
        }
    }

    /** Writes the files of one of them into an empty directory, which is returned. */
    public static Path write(Path directory, JsonNode tokenizer, JsonNode around) throws IOException {
        ObjectNode json = tokenizer.path("rules").deepCopy();
        json.set("post_processor", around.path("post_processor"));
        Files.writeString(directory.resolve("tokenizer.json"), json.toString());
        Files.writeString(
                directory.resolve("tokenizer_config.json"),
                tokenizer.path("config").toString());
        return directory;
    }
}
