package dev.rlhf.learner.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.learner.block.LongRope;
import dev.rlhf.learner.block.RotaryEmbedding;
import dev.rlhf.learner.block.Sight;
import dev.rlhf.learner.block.Yarn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads from config.json how positions turn, as transformers does: {@code rope_scaling} and keys of its fourth version, or
 * {@code rope_parameters} of its fifth.
 *
 * <p>The mistakes that it throws are USER and name file and key.
 *
 * @param keys the whole config.json
 * @param theta where theta stands outside the parameters, and what it is where it stands nowhere
 * @param share the same of the part of a head that turns; null when the family turns whole heads
 */
public record RotaryReader(
        ConfigKeys keys, Fallback theta, @Nullable Fallback share) {
    private static final String SHARE = "partial_rotary_factor";
    private static final String CONTEXT = "max_position_embeddings";
    private static final String ORIGINAL = "original_max_position_embeddings";

    /** Keys of the parameters; those that another type would read change nothing, in transformers neither. */
    private static final Set<String> KNOWN = Set.of(
            "rope_type",
            "type",
            "rope_theta",
            SHARE,
            ORIGINAL,
            "factor",
            "low_freq_factor",
            "high_freq_factor",
            "attention_factor",
            "beta_fast",
            "beta_slow",
            "mscale",
            "mscale_all_dim",
            "truncate",
            "finetuned",
            "short_factor",
            "long_factor");

    /**
     * A number of config.json that may be missing.
     *
     * @param key its key
     * @param value what it is then
     */
    public record Fallback(String key, double value) {}

    /** The parameters, and what mistakes call them. */
    private record Rope(String name, ConfigKeys keys) {
        JsonNode json() {
            return keys.json();
        }
    }

    /** Of a family that turns whole heads, by {@code rope_theta} or else 10,000. */
    public static RotaryReader of(ConfigKeys keys) {
        return new RotaryReader(keys, new Fallback("rope_theta", 10_000), null);
    }

    /** Theta stands elsewhere, or is another where it stands nowhere. */
    public RotaryReader theta(String key, double fallback) {
        return new RotaryReader(keys, new Fallback(key, fallback), share);
    }

    /** Only a part of each head may turn. */
    public RotaryReader share(String key, double fallback) {
        return new RotaryReader(keys, theta, new Fallback(key, fallback));
    }

    /** The one way of all layers; {@code rope_scaling} wins over {@code rope_parameters}, and what it lacks does not come from there. */
    public RotaryEmbedding read() {
        JsonNode older = object("rope_scaling");
        Rope rope = older.isEmpty() ? rope("rope_parameters", object("rope_parameters")) : rope("rope_scaling", older);
        for (JsonNode nested : rope.json()) {
            if (nested.isObject()) {
                throw keys.mistake(rope.name() + " differs by layer type, which is not supported");
            }
        }
        return read(rope);
    }

    /**
     * The way of the layers of one type.
     *
     * @param layerType e.g. {@code sliding_attention}
     * @param scaled whether {@code rope_scaling}, which knows no types of layers, holds for these
     */
    public RotaryEmbedding read(String layerType, boolean scaled) {
        JsonNode all = object("rope_parameters");
        for (Map.Entry<String, JsonNode> one : all.properties()) {
            if (!one.getValue().isObject() && !one.getValue().isNull()) {
                throw keys.mistake("rope_parameters." + one.getKey() + " must be an object, one a layer type, not "
                        + one.getValue());
            }
        }
        ObjectNode own = JsonNodeFactory.instance.objectNode();
        all.path(layerType).properties().forEach(one -> own.set(one.getKey(), one.getValue()));
        if (scaled) {
            object("rope_scaling").properties().forEach(one -> own.set(one.getKey(), one.getValue()));
        }
        return read(rope("rope_parameters." + layerType, own));
    }

    private Rope rope(String name, JsonNode json) {
        return new Rope(name, keys.within(json));
    }

    private RotaryEmbedding read(Rope rope) {
        for (String key : (Iterable<String>) rope.json()::fieldNames) {
            if (!KNOWN.contains(key)) {
                throw keys.mistake(rope.name() + "." + key + " is not supported");
            }
        }
        String type =
                rope.json().path("rope_type").asText(rope.json().path("type").asText("default"));
        return new RotaryEmbedding(rope.keys().number("rope_theta", number(theta)), share(rope), scaling(rope, type));
    }

    private double share(Rope rope) {
        double outside = number(share == null ? new Fallback(SHARE, 1) : share);
        double read = rope.keys().number(SHARE, outside);
        if (share == null && read != 1) {
            throw keys.mistake(rope.name() + "." + SHARE + " is " + read + ", which is not supported");
        }
        return read;
    }

    private RotaryEmbedding.Scaling scaling(Rope rope, String type) {
        return switch (type) {
            case "default" -> new RotaryEmbedding.Plain();
            case "linear" -> new RotaryEmbedding.Linear(needed(rope, "factor"));
            case "dynamic" -> new RotaryEmbedding.Dynamic(needed(rope, "factor"));
            case "llama3" ->
                new RotaryEmbedding.Llama3(
                        needed(rope, "factor"),
                        needed(rope, "low_freq_factor"),
                        needed(rope, "high_freq_factor"),
                        original(rope));
            case "yarn" -> yarn(rope);
            case "longrope", "su" ->
                new LongRope(
                        numbers(rope, "short_factor"),
                        numbers(rope, "long_factor"),
                        original(rope),
                        rope.keys().number("factor", stretch(rope)),
                        optional(rope, "attention_factor"));
            default ->
                throw keys.mistake(rope.name() + ".rope_type is " + type + ", which is not supported; default, linear, "
                        + "dynamic, llama3, yarn and longrope are");
        };
    }

    private Yarn yarn(Rope rope) {
        if (rope.json().has("short_factor")) {
            throw keys.mistake(rope.name() + ".rope_type is yarn, which has no short_factor; longrope has");
        }
        Yarn.Ramp usual = Yarn.Ramp.DEFAULT;
        return new Yarn(
                rope.keys().number("factor", stretch(rope)),
                original(rope),
                new Yarn.Ramp(
                        rope.keys().number("beta_fast", usual.fast()),
                        rope.keys().number("beta_slow", usual.slow()),
                        rope.json().path("truncate").asBoolean(usual.truncate())),
                new Yarn.Attention(
                        optional(rope, "attention_factor"),
                        optional(rope, "mscale"),
                        optional(rope, "mscale_all_dim")));
    }

    /** How much longer than the original context the model's is. */
    private double stretch(Rope rope) {
        return (double) keys.size(CONTEXT) / original(rope);
    }

    private int original(Rope rope) {
        if (keys.isSet(ORIGINAL)) {
            return keys.size(ORIGINAL);
        }
        return rope.keys().isSet(ORIGINAL) ? rope.keys().size(ORIGINAL) : keys.size(CONTEXT);
    }

    private double number(Fallback key) {
        return keys.number(key.key(), key.value());
    }

    private JsonNode object(String key) {
        JsonNode value = keys.json().path(key);
        if (keys.isSet(key) && !value.isObject()) {
            throw keys.mistake(key + " must be an object, not " + value);
        }
        return keys.isSet(key) ? value : JsonNodeFactory.instance.objectNode();
    }

    private double needed(Rope rope, String key) {
        if (!rope.json().path(key).isNumber()) {
            throw keys.mistake(rope.name() + "." + key + " is missing or not a number");
        }
        return rope.json().path(key).asDouble();
    }

    private List<Double> numbers(Rope rope, String key) {
        List<Double> numbers = new ArrayList<>();
        for (JsonNode one : rope.json().path(key)) {
            if (one.isNumber()) {
                numbers.add(one.asDouble());
            }
        }
        if (numbers.isEmpty() || numbers.size() != rope.json().path(key).size()) {
            throw keys.mistake(rope.name() + "." + key + " is missing or not a list of numbers");
        }
        return numbers;
    }

    private @Nullable Double optional(Rope rope, String key) {
        return rope.json().hasNonNull(key) ? needed(rope, key) : null;
    }

    /**
     * Spells the frequencies of a config.json so that readers of the older spelling and of the newer find the same.
     *
     * @param turns what was read of it; where layers differ, no spelling is read by both, and it stays as it is
     */
    public static void respell(ObjectNode json, List<Sight.Turns> turns) {
        JsonNode older = json.path("rope_scaling");
        JsonNode given = older.isObject() && !older.isEmpty() ? older : json.path("rope_parameters");
        if (turns.size() != 1
                || !given.isObject()
                || given.properties().stream().anyMatch(one -> one.getValue().isObject())) {
            return;
        }
        ObjectNode rope = given.deepCopy();
        String type = rope.path("rope_type").asText(rope.path("type").asText("default"));
        double theta = turns.get(0).rotary().theta();
        rope.remove("type");
        rope.put("rope_type", type).put("rope_theta", theta);
        json.put("rope_theta", theta);
        json.set("rope_parameters", rope);
        json.remove("rope_scaling");
        if (!type.equals("default")) {
            json.set("rope_scaling", rope.deepCopy());
        }
    }
}
