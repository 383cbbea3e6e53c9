package dev.rlhf.learner.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.learner.block.Gelu;
import dev.rlhf.learner.files.JsonFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The keys of a config.json, as a family reads them: with transformers' defaults and precedence.
 *
 * <p>A key that was read counts as honoured. One that was not, and that would change what the model computes, is refused.
 */
public final class ConfigKeys {
    /** Beyond any model; a damaged number is to cost no memory. */
    private static final int MOST_LAYERS = 10_000;

    private final Path file;
    private final JsonNode json;
    private final List<Integer> endTokens;
    private final Set<String> honoured = new HashSet<>();

    ConfigKeys(Path file, JsonNode json, List<Integer> endTokens) {
        this.file = file;
        this.json = json;
        this.endTokens = endTokens;
    }

    static ModelConfig read(Path modelDirectory) {
        Path file = modelDirectory.resolve(ModelConfig.FILE);
        return read(file, JsonFile.readObject(file), EndTokens.of(modelDirectory));
    }

    /** Reads the keys of {@code json}, which {@code file} names in messages. */
    static ModelConfig read(Path file, JsonNode json, List<Integer> endTokens) {
        return read(file, json, endTokens, Families.of(json.path("model_type").asText(), file));
    }

    /** The same by a family of one's own. */
    static ModelConfig read(Path file, JsonNode json, List<Integer> endTokens, Family family) {
        ConfigKeys keys = new ConfigKeys(file, json, endTokens);
        try {
            ModelConfig config = family.read(keys);
            NeutralKeys.check(json, keys.honoured, file);
            return config;
        } catch (RlhfException mistake) {
            // What a record finds wrong with its numbers names no file yet.
            String said = String.valueOf(mistake.getMessage());
            throw said.startsWith(file.toString()) ? mistake : RlhfException.user(file + ": " + said);
        }
    }

    /** Whether a key is there, and not null. */
    public boolean isSet(String key) {
        honoured.add(key);
        return json.hasNonNull(key);
    }

    /** Whether a key is there, be it null. */
    public boolean holds(String key) {
        honoured.add(key);
        return json.has(key);
    }

    /** A whole number above 0 that must be there. */
    public int size(String key) {
        honoured.add(key);
        JsonNode value = json.path(key);
        if (!value.isInt()) {
            throw mistake(key + " is missing or not a whole number");
        }
        if (value.asInt() < 1) {
            throw mistake(key + " must be above 0, not " + value);
        }
        return value.asInt();
    }

    /** A whole number above 0. */
    public int size(String key, int fallback) {
        return isSet(key) ? size(key) : fallback;
    }

    /** How far a token sees, {@code sliding_window}; 0 for all of the past, which null says, and {@code absent} where the key is not there. */
    public int window(int absent) {
        String key = "sliding_window";
        return isSet(key) ? size(key) : holds(key) ? 0 : absent;
    }

    /** A number. */
    public double number(String key, double fallback) {
        if (!isSet(key)) {
            return fallback;
        }
        if (!json.path(key).isNumber() || !Double.isFinite(json.path(key).asDouble())) {
            throw mistake(key + " must be a number, not " + json.path(key));
        }
        return json.path(key).asDouble();
    }

    /** A number above 0. */
    public double positive(String key, double fallback) {
        double number = number(key, fallback);
        if (number <= 0) {
            throw mistake(key + " must be above 0, not " + json.path(key));
        }
        return number;
    }

    /** What a norm adds below its root, 0 or more. */
    public double epsilon(String key, double fallback) {
        double number = number(key, fallback);
        if (number < 0) {
            throw mistake(key + " must be 0 or more, not " + json.path(key));
        }
        return number;
    }

    /** What numbers are bent to stay within; 0 for none, which null says, and {@code absent} where the key is not there. */
    public double cap(String key, double absent) {
        return isSet(key) ? positive(key, 0) : holds(key) ? 0 : absent;
    }

    /** True or false. */
    public boolean flag(String key, boolean fallback) {
        if (isSet(key) && !json.path(key).isBoolean()) {
            throw mistake(key + " must be true or false, not " + json.path(key));
        }
        return json.path(key).asBoolean(fallback);
    }

    /** A word. */
    public String text(String key, String fallback) {
        return isSet(key) ? json.path(key).asText() : fallback;
    }

    /** The elements of a list as text, none where it is not there. */
    public List<String> list(String key) {
        if (isSet(key) && !json.path(key).isArray()) {
            throw mistake(key + " must be a list, not " + json.path(key));
        }
        List<String> elements = new ArrayList<>();
        json.path(key).forEach(one -> elements.add(one.asText()));
        return elements;
    }

    /** The activation that a key names, one of gelu's forms. */
    public Gelu gelu(String key, String fallback) {
        String name = text(key, fallback);
        return new Gelu(Gelu.Form.named(name)
                .orElseThrow(() -> mistake(key + " is " + name + ", which is not supported; gelu and gelu_new are")));
    }

    /** How many layers there are. */
    public int layers(String key) {
        int layers = size(key);
        if (layers > MOST_LAYERS) {
            throw mistake(key + " is " + layers + ", more than " + MOST_LAYERS);
        }
        return layers;
    }

    /** Width of a head: {@code head_dim}; the hidden size cut evenly for null, and where {@code absent}, for a key that is not there, is 0. */
    public int headSize(int hidden, int heads, int absent) {
        if (isSet("head_dim")) {
            return size("head_dim");
        }
        if (!holds("head_dim") && absent > 0) {
            return absent;
        }
        if (hidden % heads != 0) {
            throw mistake("hidden_size " + hidden + " is no multiple of num_attention_heads " + heads
                    + ", and there is no head_dim");
        }
        return hidden / heads;
    }

    /** Key-value heads; as many as query heads for null, and where {@code absent}, for a key that is not there, is 0. */
    public int keyValueHeads(int heads, int absent) {
        int keys = size("num_key_value_heads", holds("num_key_value_heads") || absent == 0 ? heads : absent);
        if (heads % keys != 0) {
            throw mistake(heads + " attention heads are no multiple of " + keys + " key-value heads");
        }
        return keys;
    }

    /** How positions turn heads. */
    public RotaryReader rotary() {
        honour("rope_scaling", "rope_parameters", "rope_theta", "partial_rotary_factor");
        return RotaryReader.of(this);
    }

    /** The keys of an object within, which count for themselves. */
    ConfigKeys within(JsonNode object) {
        return new ConfigKeys(file, object, endTokens);
    }

    /** What is read. */
    JsonNode json() {
        return json;
    }

    /** Counts keys as honoured. */
    void honour(String... keys) {
        honoured.addAll(List.of(keys));
    }

    /** Ids that end a response. */
    public List<Integer> endTokens() {
        return endTokens;
    }

    /** USER, naming the file. */
    public RlhfException mistake(String what) {
        return RlhfException.user(file + ": " + what);
    }
}
