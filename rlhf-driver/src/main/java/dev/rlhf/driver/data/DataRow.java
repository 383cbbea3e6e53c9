package dev.rlhf.driver.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.RlhfException;
import java.util.ArrayList;
import java.util.List;

/**
 * One line of a JSONL file.
 *
 * @param place file and line, e.g. {@code data/gsm8k.jsonl:17}
 * @param fields what stands in it
 */
record DataRow(String place, ObjectNode fields) {

    /** The text under {@code key}, which a number cannot be; throws USER naming the line and the key. */
    String dialogue(String key) {
        String text = text(key);
        if (!fields.get(key).isTextual()) {
            throw RlhfException.user(place + ": '" + key + "' must be a text of several turns, not " + text);
        }
        return text;
    }

    /** The text or number under {@code key}; throws USER naming the line, the key and the keys that are there. */
    String text(String key) {
        JsonNode value = fields.get(key);
        if (value == null) {
            List<String> keys = new ArrayList<>();
            fields.fieldNames().forEachRemaining(keys::add);
            throw RlhfException.user(place + ": there is no '" + key + "'; the line has " + keys);
        }
        if (!value.isValueNode() || value.isNull()) {
            throw RlhfException.user(place + ": '" + key + "' must be a text or a number");
        }
        return value.asText();
    }
}
