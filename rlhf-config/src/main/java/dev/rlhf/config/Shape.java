package dev.rlhf.config;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Constant;
import dev.rlhf.core.base.RlhfException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What reflection says of the records that make up a recipe. */
final class Shape {
    static final String KIND = "kind";

    private Shape() {}

    /** Components of a record by their key. */
    static Map<String, RecordComponent> keys(Class<?> type) {
        Map<String, RecordComponent> keys = new LinkedHashMap<>();
        for (RecordComponent component : type.getRecordComponents()) {
            keys.put(kebab(component.getName()), component);
        }
        return keys;
    }

    /** The values of a record by their key, first its kind where it is the only one that the record may have. */
    static Map<String, @Nullable Object> values(Record bound) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        String[] kinds = block(bound.getClass()).kinds();
        if (kinds.length == 1) {
            values.put(KIND, kinds[0]);
        }
        keys(bound.getClass()).forEach((key, component) -> values.put(key, value(bound, component)));
        return values;
    }

    private static @Nullable Object value(Record bound, RecordComponent component) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(bound);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }

    /** The annotation of a record. */
    static Block block(Class<?> type) {
        Block block = type.getAnnotation(Block.class);
        if (block == null) {
            throw RlhfException.bug(type + " has no @Block");
        }
        return block;
    }

    /** Whether a key may be left empty. */
    static boolean isNullable(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    /** What a list is a list of; any other type itself. */
    static Class<?> itemType(Type type) {
        return (Class<?>) (type instanceof ParameterizedType list ? list.getActualTypeArguments()[0] : type);
    }

    /** Names of an enum's constants as a recipe writes them. */
    static List<String> names(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> Constant.text((Enum<?>) constant))
                .toList();
    }

    /** A component's name as a key, e.g. {@code learning-rate}. */
    static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
