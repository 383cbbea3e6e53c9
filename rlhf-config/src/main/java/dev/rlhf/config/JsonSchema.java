package dev.rlhf.config;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.Range;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.URI;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON Schema of what {@link Binder} takes, for editors: they then complete keys, show meanings and mark mistakes.
 *
 * <p>What one key asks of another, such as a reference to an earlier stage, is beyond a schema.
 */
final class JsonSchema {
    private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";

    private final Places places;

    /** What stands at several places is written once. */
    private final Map<ObjectNode, String> definitions = new LinkedHashMap<>();

    private final Map<String, Integer> counts = new HashMap<>();

    JsonSchema(Places places) {
        this.places = places;
    }

    /** The schema of the whole document, as JSON text. */
    String write() {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        schema.put("$schema", DIALECT);
        schema.setAll(block(places.document()));
        ObjectNode shared = schema.putObject("$defs");
        definitions.forEach((definition, key) -> shared.set(key, definition));
        return schema.toPrettyString();
    }

    private ObjectNode reference(List<PossibleBlock> blocks) {
        String block = blocks.get(0).name();
        ObjectNode definition = choice(blocks);
        String key =
                definitions.computeIfAbsent(definition, added -> block + "-" + counts.merge(block, 1, Integer::sum));
        return JsonNodeFactory.instance.objectNode().put("$ref", "#/$defs/" + key);
    }

    /**
     * One of several blocks, or the kind of one that has a default for each key.
     *
     * <p>The schema of each kind holds where the document names it, or where it is the usual one.
     */
    private ObjectNode choice(List<PossibleBlock> blocks) {
        if (blocks.size() == 1 && blocks.get(0).kind().isEmpty()) {
            return block(blocks.get(0));
        }
        ObjectNode choice = JsonNodeFactory.instance.objectNode();
        choice.putArray("type").add("object").add("string");
        ArrayNode kinds = choice.putObject("properties").putObject(Shape.KIND).putArray("enum");
        if (blocks.stream().noneMatch(PossibleBlock::usual)) {
            choice.putArray("required").add(Shape.KIND);
        }
        ArrayNode cases = choice.putArray("allOf");
        ObjectNode word = cases.addObject();
        word.putObject("if").put("type", "string");
        ArrayNode words = word.putObject("then").putArray("enum");
        for (PossibleBlock block : blocks) {
            kinds.add(block.kind());
            ObjectNode one = cases.addObject();
            ObjectNode condition = one.putObject("if").put("type", "object");
            condition.putObject("properties").putObject(Shape.KIND).put("const", block.kind());
            if (!block.usual()) {
                condition.putArray("required").add(Shape.KIND);
            }
            ObjectNode schema = block(block);
            one.set("then", schema);
            if (!schema.has("required")) {
                words.add(block.kind());
            }
        }
        return choice;
    }

    private ObjectNode block(PossibleBlock block) {
        ObjectNode schema = object();
        schema.put("additionalProperties", false);
        ObjectNode properties = schema.putObject("properties");
        if (!block.kind().isEmpty()) {
            properties.putObject(Shape.KIND);
        }
        ArrayNode required = JsonNodeFactory.instance.arrayNode();
        for (Key key : block.keys()) {
            properties.set(key.name(), property(key, places.below(block, key.name())));
            if (key.otherwise() == null) {
                required.add(key.name());
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        return schema;
    }

    private ObjectNode property(Key key, List<PossibleBlock> blocks) {
        ObjectNode schema = value(key.component().getGenericType(), blocks);
        Range range = key.component().getAnnotation(Range.class);
        if (range != null) {
            bound(schema, "minimum", range.min());
            bound(schema, "maximum", range.max());
            bound(schema, "exclusiveMinimum", range.above());
            bound(schema, "exclusiveMaximum", range.below());
        }
        if (Shape.isNullable(key.component())) {
            ObjectNode either = JsonNodeFactory.instance.objectNode();
            either.putArray("anyOf").add(schema).addObject().put("type", "null");
            schema = either;
        }
        boolean told = key.otherwise() != null && !key.otherwise().equals("{}");
        return schema.put("description", key.meaning() + (told ? " (default: " + key.otherwise() + ")" : ""));
    }

    private ObjectNode value(Type type, List<PossibleBlock> blocks) {
        if (type instanceof ParameterizedType) {
            ObjectNode list = JsonNodeFactory.instance.objectNode().put("type", "array");
            list.set("items", value(Shape.itemType(type), blocks));
            return list;
        }
        return blocks.isEmpty() ? scalar((Class<?>) type) : reference(blocks);
    }

    private static ObjectNode scalar(Class<?> type) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        if (type.isEnum()) {
            ArrayNode names = schema.putArray("enum");
            Shape.names(type).forEach(names::add);
        } else if (type == int.class || type == Integer.class || type == long.class) {
            schema.put("type", "integer");
        } else if (type == double.class) {
            schema.put("type", "number");
        } else if (type == boolean.class) {
            schema.put("type", "boolean");
        } else {
            schema.put("type", "string");
        }
        return type == URI.class ? schema.put("format", "uri") : schema;
    }

    private static void bound(ObjectNode schema, String name, double bound) {
        if (bound == Math.rint(bound) && Double.isFinite(bound)) {
            schema.put(name, (long) bound);
        } else if (Double.isFinite(bound)) {
            schema.put(name, bound);
        }
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode().put("type", "object");
    }
}
