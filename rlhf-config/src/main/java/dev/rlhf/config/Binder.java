package dev.rlhf.config;

import dev.rlhf.core.base.Address;
import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Suggestion;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Makes records of layered YAML.
 *
 * <p>A block is bound from layers, the strongest first: what the user wrote, what the enclosing block's defaults say of it, the
 * block's own defaults. Another {@code kind} than a weaker layer's drops that layer, so keys of one kind never leak into
 * another. Lists are taken whole from the strongest layer.
 */
public final class Binder {
    private final Defaults defaults;
    private final Choices choices;

    /** Binds with the given defaults and the kinds of each choice. */
    public Binder(Defaults defaults, Choices choices) {
        this.defaults = defaults;
        this.choices = choices;
    }

    /** Binds a whole document; throws {@link RlhfException} of kind USER naming place, key and what is allowed. */
    public <T> T bind(Class<T> type, Document document) {
        return type.cast(block(type, List.of(document.root()), ""));
    }

    private @Nullable Object value(RecordComponent component, List<YamlNode> layers, String path) {
        YamlNode top = layers.get(0);
        if (top.absent()) {
            if (Shape.isNullable(component)) {
                return null;
            }
            throw problem(top, path, "is missing; it needs " + choices.describe(component));
        }
        return value(component.getGenericType(), component, layers, path);
    }

    private Object value(Type type, @Nullable RecordComponent component, List<YamlNode> layers, String path) {
        YamlNode top = layers.get(0);
        if (type instanceof ParameterizedType list) {
            return list(list.getActualTypeArguments()[0], top, path);
        }
        Class<?> raw = (Class<?>) type;
        return Scalars.covers(raw) ? scalar(raw, component, top, path) : block(raw, layers, path);
    }

    private List<Object> list(Type itemType, YamlNode node, String path) {
        if (!(node instanceof YamlNode.Sequence sequence)) {
            throw problem(node, path, "must be a list, not " + node.kindOfValue());
        }
        List<Object> items = new ArrayList<>();
        for (int i = 0; i < sequence.items().size(); i++) {
            YamlNode item = sequence.items().get(i);
            String name = Document.name(item);
            String itemPath = name.isEmpty() ? path + "[" + i + "]" : join(path, name);
            items.add(value(itemType, null, List.of(item), itemPath));
        }
        return items;
    }

    private static Object scalar(Class<?> type, @Nullable RecordComponent component, YamlNode node, String path) {
        Object value = node instanceof YamlNode.Scalar scalar ? Scalars.parse(type, scalar) : null;
        if (value == null) {
            String hint = type.isEnum() && node instanceof YamlNode.Scalar scalar
                    ? Suggestion.of(scalar.text(), Shape.names(type))
                    : "";
            throw problem(node, path, "must be " + Scalars.describe(type) + ", not " + node.kindOfValue() + hint);
        }
        if (value instanceof URI address && Address.holdsUser(address)) {
            throw problem(
                    node,
                    path,
                    "must hold no user and no password, since recipes are kept and told in reports: leave out what is"
                            + " before the '@' and give a key by the environment");
        }
        String complaint = Scalars.outOfRange(component, value);
        if (complaint != null) {
            throw problem(node, path, complaint);
        }
        return value;
    }

    private Object block(Class<?> type, List<YamlNode> nodes, String path) {
        Layers layers = Layers.of(nodes, choices.isChoice(type));
        if (layers.mappings().isEmpty()) {
            throw problem(
                    nodes.get(0),
                    path,
                    "must be a block of keys, not " + nodes.get(0).kindOfValue());
        }
        if (!choices.isChoice(type)) {
            return record(type, "", layers.over(defaults.of(type, "")), path);
        }
        Map<String, Class<?>> kinds = choices.kinds(type);
        String kind = kind(kinds, layers, nodes.get(0) instanceof YamlNode.Scalar ? path : join(path, Shape.KIND));
        Class<?> chosen = chosen(kinds, kind);
        return record(chosen, kind, layers.ofKind(kind).over(defaults.of(chosen, kind)), path);
    }

    private static String kind(Map<String, Class<?>> kinds, Layers layers, String path) {
        YamlNode node = layers.kind()
                .orElseThrow(() -> problem(
                        layers.mappings().get(0), path, "is missing; it needs " + Scalars.oneOf(kinds.keySet())));
        String kind = node instanceof YamlNode.Scalar scalar ? scalar.text() : "";
        if (!kinds.containsKey(kind)) {
            throw problem(
                    node,
                    path,
                    "must be " + Scalars.oneOf(kinds.keySet()) + ", not " + node.kindOfValue()
                            + Suggestion.of(kind, kinds.keySet()));
        }
        return kind;
    }

    private Object record(Class<?> type, String kind, Layers layers, String path) {
        Map<String, RecordComponent> keys = Shape.keys(type);
        refuseUnknown(keys, !kind.isEmpty(), layers, path);
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        keys.forEach((key, component) -> {
            List<YamlNode> children = layers.children(key);
            if (key.equals(Shape.KIND)) {
                values.put(key, kind);
            } else if (children.isEmpty() && Shape.isNullable(component)) {
                values.put(key, null);
            } else if (children.isEmpty()) {
                throw problem(
                        layers.mappings().get(0),
                        join(path, key),
                        "is missing; it needs " + choices.describe(component));
            } else {
                values.put(key, value(component, children, join(path, key)));
            }
        });
        return construct(type, keys, values, layers.mappings().get(0), path);
    }

    private static void refuseUnknown(Map<String, RecordComponent> keys, boolean hasKind, Layers layers, String path) {
        Set<String> known = new TreeSet<>(keys.keySet());
        if (hasKind) {
            known.add(Shape.KIND);
        }
        for (YamlNode.Mapping layer : layers.mappings()) {
            layer.entries().forEach((key, node) -> {
                if (!known.contains(key)) {
                    throw problem(
                            node,
                            join(path, key),
                            "unknown key" + Suggestion.of(key, known) + " (allowed: " + String.join(", ", known) + ")");
                }
            });
        }
    }

    private static Object construct(
            Class<?> type,
            Map<String, RecordComponent> keys,
            Map<String, @Nullable Object> values,
            YamlNode.Mapping written,
            String path) {
        Class<?>[] parameters =
                keys.values().stream().map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(parameters);
            constructor.setAccessible(true);
            return constructor.newInstance(values.values().toArray());
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof KeyException complaint) {
                throw problem(
                        Document.nearest(written, complaint.path()),
                        join(path, complaint.path()),
                        complaint.complaint());
            }
            if (e.getCause() instanceof RlhfException failure) {
                throw problem(written, path, String.valueOf(failure.getMessage()));
            }
            // A record that somebody else has written.
            throw problem(written, path, type.getName() + " cannot be made of these keys: it threw " + e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " cannot be made", e);
        }
    }

    private static Class<?> chosen(Map<String, Class<?>> kinds, String kind) {
        Class<?> chosen = kinds.get(kind);
        if (chosen == null) {
            throw new IllegalStateException("no such kind: " + kind);
        }
        return chosen;
    }

    static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static RlhfException problem(YamlNode node, String path, String complaint) {
        String where = path.isEmpty() ? "" : path + ": ";
        return RlhfException.user(node.origin().place() + ": " + where + complaint);
    }
}
