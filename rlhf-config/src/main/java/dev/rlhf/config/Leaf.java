package dev.rlhf.config;

import dev.rlhf.core.base.Changeable;
import dev.rlhf.core.base.Constant;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A single value of a record that {@link Binder} made, or the absence of a block.
 *
 * @param path its path as a document's writer would write it, e.g. {@code stages.ppo.kl.controller.beta}
 * @param keys each key on the way, with the block of defaults.yaml that it belongs to, e.g. {@code recipe.stages}, {@code stage.kl}, …
 * @param changeable whether its key, or one it stands in, is {@link Changeable}
 * @param value the value, or null
 */
public record Leaf(
        String path,
        List<String> keys,
        boolean changeable,
        @Nullable Object value) {
    /** Keeps its own copy of {@code keys}. */
    public Leaf {
        keys = List.copyOf(keys);
    }

    /** Every leaf of a record by its path, in the order of the record. */
    public static Map<String, Leaf> of(Record bound) {
        Map<String, Leaf> leaves = new LinkedHashMap<>();
        block(bound, "", List.of(), false, leaves);
        return leaves;
    }

    /** The value as text. */
    public String text() {
        return value == null
                ? "nothing"
                : value instanceof Enum<?> constant ? Constant.text(constant) : value.toString();
    }

    private static void block(
            Record bound, String path, List<String> keys, boolean changeable, Map<String, Leaf> leaves) {
        String name = Shape.block(bound.getClass()).value();
        Shape.values(bound).forEach((key, value) -> {
            List<String> longer = new ArrayList<>(keys);
            longer.add(name + "." + key);
            boolean free = changeable || isChangeable(bound.getClass(), key);
            add(value, Binder.join(path, key), longer, free, leaves);
        });
    }

    private static boolean isChangeable(Class<?> type, String key) {
        RecordComponent component = Shape.keys(type).get(key);
        return component != null && component.isAnnotationPresent(Changeable.class);
    }

    private static void add(
            @Nullable Object value, String path, List<String> keys, boolean changeable, Map<String, Leaf> leaves) {
        if (value instanceof Record bound) {
            block(bound, path, keys, changeable, leaves);
        } else if (value instanceof List<?> list && list.stream().allMatch(Record.class::isInstance)) {
            for (int i = 0; i < list.size(); i++) {
                Record item = (Record) list.get(i);
                Object own = Shape.values(item).get(Document.NAME);
                String name = own == null ? path + "[" + i + "]" : Binder.join(path, own.toString());
                block(item, name, keys, changeable, leaves);
            }
        } else {
            leaves.put(path, new Leaf(path, keys, changeable, value));
        }
    }
}
