package dev.rlhf.config;

import dev.rlhf.core.base.Constant;
import dev.rlhf.core.base.Range;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Single values: how their text is read, what range they have, what a message calls them. */
final class Scalars {
    private static final Map<Class<?>, String> NAMES = Map.of(
            int.class, "a whole number",
            Integer.class, "a whole number",
            long.class, "a whole number",
            double.class, "a number",
            boolean.class, "true or false",
            String.class, "a text",
            Path.class, "a path",
            URI.class, "an address like http://host:8000");

    private static final Set<Class<?>> NUMBERS = Set.of(int.class, Integer.class, long.class, double.class);

    private Scalars() {}

    /** Whether values of this type are single values. */
    static boolean covers(Class<?> type) {
        return NAMES.containsKey(type) || type.isEnum();
    }

    /** What a message calls the values of a type. */
    static String describe(Class<?> type) {
        return type.isEnum() ? oneOf(Shape.names(type)) : NAMES.getOrDefault(type, type.getSimpleName());
    }

    /** "one of a, b, c". */
    static String oneOf(Iterable<String> names) {
        return "one of " + String.join(", ", names);
    }

    /** The value, or null when the text is none of this type. */
    static @Nullable Object parse(Class<?> type, YamlNode.Scalar scalar) {
        String text = scalar.text();
        try {
            if (NUMBERS.contains(type)) {
                return number(type, text.replace("_", ""));
            } else if (type == boolean.class) {
                return List.of("true", "false").contains(text) ? Boolean.valueOf(text) : null;
            } else if (type == Path.class) {
                return scalar.origin().directory().resolve(text).normalize();
            } else if (type == URI.class) {
                URI address = URI.create(text);
                return address.getScheme() == null || address.getHost() == null ? null : address;
            }
            return type.isEnum() ? constant(type, text) : text;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable Number number(Class<?> type, String digits) {
        if (type == double.class) {
            return finite(Double.parseDouble(digits));
        }
        if (type == long.class) {
            return Long.valueOf(digits);
        }
        return Integer.valueOf(digits);
    }

    /** What is wrong with a number, or null when it is in range. */
    static @Nullable String outOfRange(@Nullable RecordComponent component, Object value) {
        Range range = component == null ? null : component.getAnnotation(Range.class);
        if (range == null || !(value instanceof Number number)) {
            return null;
        }
        double x = number.doubleValue();
        boolean holds = x >= range.min() && x <= range.max() && x > range.above() && x < range.below();
        return holds ? null : "must be " + describe(range) + ", not " + value;
    }

    /** "above 0 and at most 1". */
    static String describe(Range range) {
        StringBuilder text = new StringBuilder();
        append(text, "at least ", range.min());
        append(text, "above ", range.above());
        append(text, "at most ", range.max());
        append(text, "below ", range.below());
        return text.toString();
    }

    private static void append(StringBuilder text, String words, double bound) {
        if (Double.isFinite(bound)) {
            String number = bound == Math.rint(bound) ? String.valueOf((long) bound) : String.valueOf(bound);
            text.append(text.isEmpty() ? "" : " and ").append(words).append(number);
        }
    }

    private static @Nullable Object constant(Class<?> type, String text) {
        for (Object constant : type.getEnumConstants()) {
            if (Constant.text((Enum<?>) constant).equals(text)) {
                return constant;
            }
        }
        return null;
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
