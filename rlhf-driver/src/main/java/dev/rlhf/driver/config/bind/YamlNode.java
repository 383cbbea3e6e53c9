package dev.rlhf.driver.config.bind;

import java.util.List;
import java.util.Map;

/** A value of a YAML file that remembers where it stands; mappings and sequences may be changed. */
sealed interface YamlNode {
    /** Where it stands. */
    Origin origin();

    /** What a message calls it. */
    String kindOfValue();

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
    }

    /**
     * One value.
     *
     * @param text as written
     * @param isNull whether it is YAML's null
     * @param origin where it stands
     */
    record Scalar(String text, boolean isNull, Origin origin) implements YamlNode {
        @Override
        public String kindOfValue() {
            return isNull ? "nothing" : "'" + text + "'";
        }
    }

    /** Whether this is YAML's null. */
    default boolean absent() {
        return this instanceof Scalar scalar && scalar.isNull();
    }
}
