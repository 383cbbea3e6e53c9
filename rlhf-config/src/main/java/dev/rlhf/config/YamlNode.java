package dev.rlhf.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A value of a YAML file that remembers where it stands; mappings and sequences may be changed. */
sealed interface YamlNode {
    /** Where it stands. */
    Origin origin();

    /** What a message calls it. */
    String kindOfValue();

    /** It in one line of YAML. */
    String line();

    /**
     * Keys and values.
     *
     * @param entries the values by key, in order
     * @param origin where it starts
     */
    record Mapping(Map<String, YamlNode> entries, Origin origin) implements YamlNode {
        @Override
        public String kindOfValue() {
            return "a block of keys";
        }

        @Override
        public String line() {
            return entries.entrySet().stream()
                    .map(entry -> entry.getKey() + ": " + entry.getValue().line())
                    .collect(Collectors.joining(", ", "{", "}"));
        }
    }

    /**
     * A list.
     *
     * @param items its values
     * @param origin where it starts
     */
    record Sequence(List<YamlNode> items, Origin origin) implements YamlNode {
        @Override
        public String kindOfValue() {
            return "a list";
        }

        @Override
        public String line() {
            return items.stream().map(YamlNode::line).collect(Collectors.joining(", ", "[", "]"));
        }
    }

    /**
     * One value.
     *
     * @param text as written
     * @param isNull whether it is YAML's null
     * @param origin where it stands
     */
    record Scalar(String text, boolean isNull, Origin origin) implements YamlNode {
        private static final Pattern PLAIN = Pattern.compile("[\\w.+-]+");

        @Override
        public String kindOfValue() {
            return isNull ? "nothing" : "'" + text + "'";
        }

        @Override
        public String line() {
            boolean plain = isNull || PLAIN.matcher(text).matches();
            return plain
                    ? text
                    : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
        }
    }

    /** A single value as the block whose kind it is, any other node as it is. */
    default YamlNode asChoice() {
        if (absent() || !(this instanceof Scalar)) {
            return this;
        }
        Map<String, YamlNode> entries = new LinkedHashMap<>();
        entries.put(Shape.KIND, this);
        return new Mapping(entries, origin());
    }

    /** Whether this is YAML's null. */
    default boolean absent() {
        return this instanceof Scalar scalar && scalar.isNull();
    }
}
