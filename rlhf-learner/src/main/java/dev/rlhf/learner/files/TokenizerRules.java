package dev.rlhf.learner.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The rules of a tokenizer.json.
 *
 * @param json the rules; the named special tokens are special in it, as they are once transformers has read both files
 */
public record TokenizerRules(JsonNode json) {
    private static final String ADDED = "added_tokens";
    private static final List<String> NAMED =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    /** Completes the rules of a tokenizer.json, {@code json} itself, by what its tokenizer_config.json names. */
    public static TokenizerRules of(JsonNode json, JsonNode config) {
        TokenizerRules rules = new TokenizerRules(json);
        for (String name : NAMED) {
            String content = content(config.path(name));
            if (!content.isEmpty() && rules.json instanceof ObjectNode object) {
                rules.makeSpecial(object, content);
            }
        }
        return rules;
    }

    /** The text of a token as tokenizer_config.json names it, plainly or as a block; empty when it names none. */
    public static String content(JsonNode named) {
        JsonNode text = named.isObject() ? named.path("content") : named;
        return text.isTextual() ? text.asText() : "";
    }

    private void makeSpecial(ObjectNode object, String content) {
        for (JsonNode added : object.path(ADDED)) {
            if (added instanceof ObjectNode token
                    && token.path("content").asText().equals(content)) {
                token.put("special", true);
                return;
            }
        }
        int identifier = identifier(content);
        if (identifier >= 0) {
            object.withArray("/" + ADDED)
                    .addObject()
                    .put("id", identifier)
                    .put("content", content)
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", true);
        }
    }

    /** The id of a token, or -1 when there is none. */
    public int identifier(String token) {
        for (JsonNode added : json.path(ADDED)) {
            if (added.path("content").asText().equals(token)) {
                return added.path("id").asInt();
            }
        }
        JsonNode vocabulary = vocabulary();
        if (vocabulary.isArray()) {
            for (int i = 0; i < vocabulary.size(); i++) {
                if (vocabulary.get(i).path(0).asText().equals(token)) {
                    return i;
                }
            }
        }
        return vocabulary.path(token).asInt(-1);
    }

    /** Whether a token stands for something else than text. */
    public boolean isSpecial(int identifier) {
        for (JsonNode added : json.path(ADDED)) {
            if (added.path("id").asInt() == identifier) {
                return added.path("special").asBoolean();
            }
        }
        return false;
    }

    /** The largest id there is, or -1. */
    public int largestIdentifier() {
        JsonNode vocabulary = vocabulary();
        int largest = vocabulary.isArray() ? vocabulary.size() - 1 : -1;
        if (vocabulary.isObject()) {
            for (JsonNode identifier : vocabulary) {
                largest = Math.max(largest, identifier.asInt());
            }
        }
        for (JsonNode added : json.path(ADDED)) {
            largest = Math.max(largest, added.path("id").asInt());
        }
        return largest;
    }

    /** Which text each id stands for, in ascending order. */
    public Map<Integer, String> tokens() {
        Map<Integer, String> tokens = new TreeMap<>();
        JsonNode vocabulary = vocabulary();
        for (int i = 0; vocabulary.isArray() && i < vocabulary.size(); i++) {
            tokens.put(i, vocabulary.get(i).path(0).asText());
        }
        vocabulary.properties().forEach(token -> tokens.put(token.getValue().asInt(), token.getKey()));
        for (JsonNode added : json.path(ADDED)) {
            tokens.put(added.path("id").asInt(), added.path("content").asText());
        }
        return tokens;
    }

    private JsonNode vocabulary() {
        return json.path("model").path("vocab");
    }
}
