package dev.rlhf.learner;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.prompt.Tokenizer;
import dev.rlhf.learner.files.JsonFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** The tokenizer of a model directory, from its tokenizer.json and tokenizer_config.json. */
public final class HuggingFaceTokenizer implements Tokenizer, AutoCloseable {
    /** The vocabulary and rules. */
    public static final String FILE = "tokenizer.json";

    /** The names of special tokens. */
    public static final String CONFIG_FILE = "tokenizer_config.json";

    private final ai.djl.huggingface.tokenizers.HuggingFaceTokenizer tokenizer;
    private final int endOfSequence;
    private final int vocabularySize;

    private HuggingFaceTokenizer(
            ai.djl.huggingface.tokenizers.HuggingFaceTokenizer tokenizer, int endOfSequence, int vocabularySize) {
        this.tokenizer = tokenizer;
        this.endOfSequence = endOfSequence;
        this.vocabularySize = vocabularySize;
    }

    /**
     * Opens the tokenizer of {@code modelDirectory}.
     *
     * @throws RlhfException USER naming the file when it is missing or damaged, or when it names no {@code eos_token}
     */
    public static HuggingFaceTokenizer open(Path modelDirectory) {
        Path file = modelDirectory.resolve(FILE);
        JsonNode rules = JsonFile.read(file);
        Path configFile = modelDirectory.resolve(CONFIG_FILE);
        JsonNode end = JsonFile.read(configFile).path("eos_token");
        String endToken = end.isObject() ? end.path("content").asText() : end.asText("");
        if (end.isNull() || endToken.isEmpty()) {
            throw RlhfException.user(configFile + " names no eos_token, so no response could ever end; add one");
        }
        int endOfSequence = identifier(rules, endToken);
        if (endOfSequence < 0) {
            throw RlhfException.user(file + " has no token for the eos_token '" + endToken + "' of " + configFile);
        }
        try {
            Map<String, String> options =
                    Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");
            return new HuggingFaceTokenizer(
                    ai.djl.huggingface.tokenizers.HuggingFaceTokenizer.newInstance(file, options),
                    endOfSequence,
                    largestIdentifier(rules) + 1);
        } catch (IOException | RuntimeException e) {
            throw RlhfException.user("not a tokenizer: " + file + " (" + e.getMessage() + ")");
        }
    }

    private static int identifier(JsonNode rules, String token) {
        for (JsonNode added : rules.path("added_tokens")) {
            if (added.path("content").asText().equals(token)) {
                return added.path("id").asInt();
            }
        }
        JsonNode vocabulary = rules.path("model").path("vocab");
        if (vocabulary.isArray()) {
            for (int i = 0; i < vocabulary.size(); i++) {
                if (vocabulary.get(i).path(0).asText().equals(token)) {
                    return i;
                }
            }
        }
        return vocabulary.path(token).asInt(-1);
    }

    private static int largestIdentifier(JsonNode rules) {
        JsonNode vocabulary = rules.path("model").path("vocab");
        int largest = vocabulary.isArray() ? vocabulary.size() - 1 : -1;
        if (vocabulary.isObject()) {
            for (JsonNode identifier : vocabulary) {
                largest = Math.max(largest, identifier.asInt());
            }
        }
        for (JsonNode added : rules.path("added_tokens")) {
            largest = Math.max(largest, added.path("id").asInt());
        }
        return largest;
    }

    @Override
    public int[] encode(String text) {
        return Arrays.stream(tokenizer.encode(text, false, false).getIds())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    @Override
    public String decode(int[] tokens) {
        return tokenizer.decode(Arrays.stream(tokens).asLongStream().toArray(), true);
    }

    @Override
    public int endOfSequence() {
        return endOfSequence;
    }

    @Override
    public int vocabularySize() {
        return vocabularySize;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
