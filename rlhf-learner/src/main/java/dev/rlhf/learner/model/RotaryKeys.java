package dev.rlhf.learner.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.learner.block.RotaryEmbedding;
import dev.rlhf.learner.block.Sight;

/** Reads how positions turn heads, in transformers' older spelling and in the newer one. */
public final class RotaryKeys {
    private static final double THETA = 10_000;

    private final ConfigKeys keys;
    private final JsonNode json;
    private final String key;
    private final JsonNode rope;

    RotaryKeys(ConfigKeys keys, JsonNode json) {
        this(keys, json, "");
    }

    private RotaryKeys(ConfigKeys keys, JsonNode json, String kind) {
        this.keys = keys;
        this.json = json;
        keys.honour("rope_scaling", "rope_parameters", "rope_theta");
        // rope_scaling wins over rope_parameters, and what it lacks does not come from there.
        JsonNode older = object("rope_scaling");
        String found = older.isEmpty() ? "rope_parameters" : "rope_scaling";
        JsonNode node = older.isEmpty() ? object("rope_parameters") : older;
        boolean nested = !kind.isEmpty() && node.path(kind).isObject();
        this.key = nested ? found + "." + kind : found;
        this.rope = nested ? node.path(kind) : node;
    }

    private JsonNode object(String name) {
        if (json.hasNonNull(name) && !json.path(name).isObject()) {
            throw keys.mistake(name + " must be an object, not " + json.path(name));
        }
        return json.hasNonNull(name) ? json.path(name) : MissingNode.getInstance();
    }

    /** Those of layers of one kind, such as {@code sliding_attention}, where they have keys of their own. */
    public RotaryKeys of(String kind) {
        return new RotaryKeys(keys, json, kind);
    }

    /** Tables for heads that turn whole. */
    public Sight.Turns whole(int head) {
        double part = keys.number(rope, "partial_rotary_factor", 1);
        if (part != 1) {
            throw keys.mistake(key + ".partial_rotary_factor is " + rope.path("partial_rotary_factor")
                    + ", which is not supported");
        }
        if (head % 2 != 0) {
            throw keys.mistake("the head size must be even, not " + head);
        }
        return new Sight.Turns(embedding(THETA), head);
    }

    /** The frequencies. */
    public RotaryEmbedding embedding(double fallback) {
        double theta = keys.number(rope, "rope_theta", keys.number(json, "rope_theta", fallback));
        String type = rope.path("rope_type").asText(rope.path("type").asText("default"));
        return new RotaryEmbedding(theta, scaling(type));
    }

    private RotaryEmbedding.Scaling scaling(String type) {
        return switch (type) {
            case "default" -> {
                for (JsonNode nested : rope) {
                    if (nested.isObject()) {
                        throw keys.mistake(key + " differs by layer type, which is not supported");
                    }
                }
                yield new RotaryEmbedding.Plain();
            }
            case "linear" -> new RotaryEmbedding.Linear(needed("factor"));
            case "llama3" ->
                new RotaryEmbedding.Llama3(
                        needed("factor"), needed("low_freq_factor"), needed("high_freq_factor"), originalContext());
            default ->
                throw keys.mistake(
                        key + ".rope_type is " + type + ", which is not supported; default, linear and llama3 are");
        };
    }

    private int originalContext() {
        String name = "original_max_position_embeddings";
        if (keys.isSet(name)) {
            return keys.size(name);
        }
        return rope.hasNonNull(name) ? keys.size(rope, name) : keys.size("max_position_embeddings");
    }

    private double needed(String name) {
        if (!rope.path(name).isNumber()) {
            throw keys.mistake(key + "." + name + " is missing or not a number");
        }
        return rope.path(name).asDouble();
    }

    /** Spells the frequencies of a config.json so that readers of the older spelling and of the newer find the same. */
    public static void respell(ObjectNode json) {
        JsonNode older = json.path("rope_scaling");
        JsonNode given = older.isObject() && !older.isEmpty() ? older : json.path("rope_parameters");
        if (!given.isObject() || given.properties().stream().anyMatch(one -> one.getValue().isObject())) {
            return;
        }
        ObjectNode rope = given.deepCopy();
        String type = rope.path("rope_type").asText(rope.path("type").asText("default"));
        double theta = rope.path("rope_theta").asDouble(json.path("rope_theta").asDouble(THETA));
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
