package dev.rlhf.learner;

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

    /** Opens one of them in an empty directory. */
    public static HuggingFaceTokenizer open(Path directory, JsonNode tokenizer, JsonNode around) throws IOException {
        ObjectNode json = tokenizer.path("rules").deepCopy();
        json.set("post_processor", around.path("post_processor"));
        Files.writeString(directory.resolve(HuggingFaceTokenizer.FILE), json.toString());
        Files.writeString(
                directory.resolve(HuggingFaceTokenizer.CONFIG_FILE),
                tokenizer.path("config").toString());
        return HuggingFaceTokenizer.open(directory);
    }
}
