package dev.rlhf.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.ParameterizedType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The names of all blocks and of their keys as JSON, a line each, for who checks keys without the records.
 *
 * <p>A block has its keys, each with the block that stands below it; a single value is = and what it may be, as in {@code =a whole number, at
 * least 1}; a list is in brackets. One of several kinds has these, and a line for each of them, such as {@code kl-controller.fixed}.
 */
final class BlockTable {
    private static final String SINGLE = "=";

    private final Places places;

    BlockTable(Places places) {
        this.places = places;
    }

    String write() {
        List<String> lines = new ArrayList<>();
        places.blocks().forEach((name, kinds) -> {
            if (!kinds.get(0).kind().isEmpty()) {
                ArrayNode names = JsonNodeFactory.instance.arrayNode();
                kinds.forEach(block -> names.add(block.kind()));
                lines.add(line(name, names));
            }
            kinds.forEach(block -> lines.add(line(block.path(), keys(block))));
        });
        return lines.stream().collect(Collectors.joining(",\n", "{\n", "\n}"));
    }

    private static String line(String name, JsonNode content) {
        return "\"" + name + "\": " + content;
    }

    private ObjectNode keys(PossibleBlock block) {
        ObjectNode keys = JsonNodeFactory.instance.objectNode();
        if (!block.kind().isEmpty()) {
            keys.put(Shape.KIND, SINGLE + Scalars.describe(String.class));
        }
        for (Key key : block.keys()) {
            String below = places.below(block, key.name()).stream()
                    .findFirst()
                    .map(PossibleBlock::name)
                    .orElse(SINGLE + key.values().replace(Choices.LIST, ""));
            boolean list = key.component().getGenericType() instanceof ParameterizedType;
            keys.put(key.name(), list ? "[" + below + "]" : below);
        }
        return keys;
    }
}
