package dev.rlhf.learner.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.learner.files.JsonFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Reads config.json as transformers does: the same defaults, the same precedence; what it would lose is refused. */
final class ModelConfigReader {
    private static final String GENERATION = "generation_config.json";
    private static final double THETA = 10_000;
    private static final double EPSILON = 1e-6;

    private final Path file;
    private final JsonNode json;

    private ModelConfigReader(Path file, JsonNode json) {
        this.file = file;
        this.json = json;
    }

    static ModelConfig read(Path modelDirectory) {
        Path file = modelDirectory.resolve(ModelConfig.FILE);
        JsonNode json = JsonFile.read(file);
        Family family = Families.of(json.path("model_type").asText(), file);
        ConfigKeys.check(json, file);
        try {
            return new ModelConfigReader(file, json).config(family, endTokens(modelDirectory));
        } catch (RlhfException mistake) {
            // What the record finds wrong with its sizes names no file yet.
            String said = String.valueOf(mistake.getMessage());
            throw said.startsWith(modelDirectory.toString()) ? mistake : RlhfException.user(file + ": " + said);
        }
    }

    private ModelConfig config(Family family, List<Integer> endTokens) {
        int hidden = size(json, "hidden_size");
        int heads = size(json, "num_attention_heads");
        if (!isSet(json, "head_dim") && (heads < 1 || hidden % heads != 0)) {
            throw mistake("hidden_size " + hidden + " is no multiple of num_attention_heads " + heads
                    + ", and there is no head_dim");
        }
        return new ModelConfig(
                family,
                size(json, "vocab_size"),
                hidden,
                size(json, "num_hidden_layers"),
                heads,
                isSet(json, "num_key_value_heads") ? size(json, "num_key_value_heads") : heads,
                isSet(json, "head_dim") ? size(json, "head_dim") : hidden / heads,
                size(json, "intermediate_size"),
                size(json, "max_position_embeddings"),
                rotary(),
                number(json, "rms_norm_eps", EPSILON),
                flag("tie_word_embeddings"),
                endTokens);
    }

    /** {@code rope_scaling} wins over {@code rope_parameters}, and what it lacks does not come from there. */
    private RotaryEmbedding rotary() {
        JsonNode older = object("rope_scaling");
        String key = older.isEmpty() ? "rope_parameters" : "rope_scaling";
        JsonNode rope = older.isEmpty() ? object("rope_parameters") : older;
        double theta = number(rope, "rope_theta", number(json, "rope_theta", THETA));
        if (number(rope, "partial_rotary_factor", 1) != 1) {
            throw mistake(key + ".partial_rotary_factor is " + rope.path("partial_rotary_factor")
                    + ", which is not supported");
        }
        String type = rope.path("rope_type").asText(rope.path("type").asText("default"));
        return new RotaryEmbedding(theta, scaling(key, rope, type));
    }

    private JsonNode object(String key) {
        if (isSet(json, key) && !json.path(key).isObject()) {
            throw mistake(key + " must be an object, not " + json.path(key));
        }
        return isSet(json, key) ? json.path(key) : MissingNode.getInstance();
    }

    private RotaryEmbedding.Scaling scaling(String key, JsonNode rope, String type) {
        return switch (type) {
            case "default" -> {
                for (JsonNode nested : rope) {
                    if (nested.isObject()) {
                        throw mistake(key + " differs by layer type, which is not supported");
                    }
                }
                yield new RotaryEmbedding.Plain();
            }
            case "linear" -> new RotaryEmbedding.Linear(needed(key, rope, "factor"));
            case "llama3" ->
                new RotaryEmbedding.Llama3(
                        needed(key, rope, "factor"),
                        needed(key, rope, "low_freq_factor"),
                        needed(key, rope, "high_freq_factor"),
                        originalContext(rope));
            default ->
                throw mistake(
                        key + ".rope_type is " + type + ", which is not supported; default, linear and llama3 are");
        };
    }

    private int originalContext(JsonNode rope) {
        String name = "original_max_position_embeddings";
        if (isSet(json, name)) {
            return size(json, name);
        }
        return isSet(rope, name) ? size(rope, name) : size(json, "max_position_embeddings");
    }

    private double needed(String key, JsonNode rope, String name) {
        if (!rope.path(name).isNumber()) {
            throw mistake(key + "." + name + " is missing or not a number");
        }
        return rope.path(name).asDouble();
    }

    /** Ids that end a response, of both files of a model directory that name some, in ascending order. */
    static List<Integer> endTokens(Path modelDirectory) {
        Set<Integer> tokens = new TreeSet<>();
        for (String name : List.of(ModelConfig.FILE, GENERATION)) {
            Path named = modelDirectory.resolve(name);
            if (Files.exists(named)) {
                tokens.addAll(endTokens(JsonFile.read(named), named));
            }
        }
        return List.copyOf(tokens);
    }

    private static List<Integer> endTokens(JsonNode json, Path file) {
        JsonNode node = json.path("eos_token_id");
        List<Integer> tokens = new ArrayList<>();
        if (node.isMissingNode() || node.isNull()) {
            return tokens;
        }
        for (JsonNode token : node.isArray() ? node : List.of(node)) {
            if (!token.isInt()) {
                throw RlhfException.user(file + ": eos_token_id must be a token id or a list of them, not " + node);
            }
            // −1 is how some say that there is none.
            if (token.asInt() >= 0) {
                tokens.add(token.asInt());
            }
        }
        return tokens;
    }

    private int size(JsonNode from, String key) {
        if (!from.path(key).isInt()) {
            throw mistake(key + " is missing or not a whole number");
        }
        return from.path(key).asInt();
    }

    private double number(JsonNode from, String key, double fallback) {
        if (!isSet(from, key)) {
            return fallback;
        }
        if (!from.path(key).isNumber()) {
            throw mistake(key + " must be a number, not " + from.path(key));
        }
        return from.path(key).asDouble();
    }

    private boolean flag(String key) {
        if (isSet(json, key) && !json.path(key).isBoolean()) {
            throw mistake(key + " must be true or false, not " + json.path(key));
        }
        return json.path(key).asBoolean(false);
    }

    private static boolean isSet(JsonNode from, String key) {
        return from.hasNonNull(key);
    }

    private RlhfException mistake(String what) {
        return RlhfException.user(file + ": " + what);
    }
}
