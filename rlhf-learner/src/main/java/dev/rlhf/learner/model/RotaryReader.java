package dev.rlhf.learner.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.learner.block.LongRope;
import dev.rlhf.learner.block.RotaryEmbedding;
import dev.rlhf.learner.block.Sight;
import dev.rlhf.learner.block.Yarn;
import java.nio.file.Path;
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
 * @param file what mistakes name
 * @param json the whole config.json
 * @param theta where theta stands outside the parameters, and what it is where it stands nowhere
 * @param share the same of the part of a head that turns; null when the family turns whole heads
 */
public record RotaryReader(
        Path file, JsonNode json, Fallback theta, @Nullable Fallback share) {
    private static final String SHARE = "partial_rotary_factor";
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
    private record Rope(String name, JsonNode json) {}

    /** Of a family that turns whole heads, by {@code rope_theta} or else 10,000. */
    public static RotaryReader of(Path file, JsonNode json) {
        return new RotaryReader(file, json, new Fallback("rope_theta", 10_000), null);
    }

    /** Theta stands elsewhere, or is another where it stands nowhere. */
    public RotaryReader theta(String key, double fallback) {
        return new RotaryReader(file, json, new Fallback(key, fallback), share);
    }

    /** Only a part of each head may turn. */
    public RotaryReader share(String key, double fallback) {
        return new RotaryReader(file, json, theta, new Fallback(key, fallback));
    }

    /** The one way of all layers; {@code rope_scaling} wins over {@code rope_parameters}, and what it lacks does not come from there. */
    public RotaryEmbedding read() {
        JsonNode older = object("rope_scaling");
        Rope rope = older.isEmpty()
                ? new Rope("rope_parameters", object("rope_parameters"))
                : new Rope("rope_scaling", older);
        for (JsonNode nested : rope.json()) {
            if (nested.isObject()) {
                throw mistake(rope.name() + " differs by layer type, which is not supported");
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
                throw mistake("rope_parameters." + one.getKey() + " must be an object, one a layer type, not "
                        + one.getValue());
            }
        }
        ObjectNode own = JsonNodeFactory.instance.objectNode();
        all.path(layerType).properties().forEach(one -> own.set(one.getKey(), one.getValue()));
        if (scaled) {
            object("rope_scaling").properties().forEach(one -> own.set(one.getKey(), one.getValue()));
        }
        return read(new Rope("rope_parameters." + layerType, own));
    }

    private RotaryEmbedding read(Rope rope) {
        for (String key : (Iterable<String>) rope.json()::fieldNames) {
            if (!KNOWN.contains(key)) {
                throw mistake(rope.name() + "." + key + " is not supported");
            }
        }
        String type =
                rope.json().path("rope_type").asText(rope.json().path("type").asText("default"));
        return new RotaryEmbedding(
                number(rope.json(), "rope_theta", number(json, theta.key(), theta.value())),
                share(rope),
                scaling(rope, type));
    }

    private double share(Rope rope) {
        double outside = share == null ? number(json, SHARE, 1) : number(json, share.key(), share.value());
        double read = number(rope.json(), SHARE, outside);
        if (share == null && read != 1) {
            throw mistake(rope.name() + "." + SHARE + " is " + read + ", which is not supported");
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
                        number(rope.json(), "factor", stretch(rope)),
                        optional(rope, "attention_factor"));
            default ->
                throw mistake(rope.name() + ".rope_type is " + type + ", which is not supported; default, linear, "
                        + "dynamic, llama3, yarn and longrope are");
        };
    }

    private Yarn yarn(Rope rope) {
        if (rope.json().has("short_factor")) {
            throw mistake(rope.name() + ".rope_type is yarn, which has no short_factor; longrope has");
        }
        Yarn.Ramp usual = Yarn.Ramp.DEFAULT;
        return new Yarn(
                number(rope.json(), "factor", stretch(rope)),
                original(rope),
                new Yarn.Ramp(
                        number(rope.json(), "beta_fast", usual.fast()),
                        number(rope.json(), "beta_slow", usual.slow()),
                        rope.json().path("truncate").asBoolean(usual.truncate())),
                new Yarn.Attention(
                        optional(rope, "attention_factor"),
                        optional(rope, "mscale"),
                        optional(rope, "mscale_all_dim")));
    }

    /** How much longer than the original context the model's is. */
    private double stretch(Rope rope) {
        return (double) size(json, "max_position_embeddings") / original(rope);
    }

    private int original(Rope rope) {
        if (json.hasNonNull(ORIGINAL)) {
            return size(json, ORIGINAL);
        }
        return rope.json().hasNonNull(ORIGINAL) ? size(rope.json(), ORIGINAL) : size(json, "max_position_embeddings");
    }

    private JsonNode object(String key) {
        if (json.hasNonNull(key) && !json.path(key).isObject()) {
            throw mistake(key + " must be an object, not " + json.path(key));
        }
        return json.hasNonNull(key) ? json.path(key) : JsonNodeFactory.instance.objectNode();
    }

    private double needed(Rope rope, String key) {
        if (!rope.json().path(key).isNumber()) {
            throw mistake(rope.name() + "." + key + " is missing or not a number");
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
            throw mistake(rope.name() + "." + key + " is missing or not a list of numbers");
        }
        return numbers;
    }

    private @Nullable Double optional(Rope rope, String key) {
        return rope.json().hasNonNull(key) ? needed(rope, key) : null;
    }

    private int size(JsonNode from, String key) {
        if (!from.path(key).isInt()) {
            throw mistake(key + " is missing or not a whole number");
        }
        return from.path(key).asInt();
    }

    private double number(JsonNode from, String key, double fallback) {
        if (!from.hasNonNull(key)) {
            return fallback;
        }
        if (!from.path(key).isNumber()) {
            throw mistake(key + " must be a number, not " + from.path(key));
        }
        return from.path(key).asDouble();
    }

    private RlhfException mistake(String what) {
        return RlhfException.user(file + ": " + what);
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
