package dev.rlhf.config;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which blocks may stand where in a document, with which keys and defaults: what every reference of keys is made from. */
final class Places {
    private final Class<?> root;
    private final Defaults defaults;
    private final Choices choices;

    /** The places of the documents that {@code root} is bound from. */
    Places(Class<?> root, Defaults defaults, Choices choices) {
        this.root = root;
        this.defaults = defaults;
        this.choices = choices;
    }

    /** The document itself. */
    PossibleBlock document() {
        return of(root, List.of(), List.of()).get(0);
    }

    /** The blocks that a key, or an item of its list, may be; empty where it holds single values. */
    List<PossibleBlock> below(PossibleBlock parent, String key) {
        Type type = parent.key(key).component().getGenericType();
        return of(type, parent.kinds(), parent.layers().children(key));
    }

    /** Every block by its name in defaults.yaml. */
    Map<String, List<PossibleBlock>> blocks() {
        Map<String, List<PossibleBlock>> blocks = new LinkedHashMap<>();
        List<Class<?>> open = new ArrayList<>(List.of(root));
        for (int i = 0; i < open.size(); i++) {
            for (PossibleBlock block : of(open.get(i), List.of(), List.of())) {
                List<PossibleBlock> named = blocks.computeIfAbsent(block.name(), name -> new ArrayList<>());
                if (named.stream().noneMatch(other -> other.kind().equals(block.kind()))) {
                    named.add(block);
                }
                block.keys().stream()
                        .map(key -> Shape.itemType(key.component().getGenericType()))
                        .filter(type -> !Scalars.covers(type) && !open.contains(type))
                        .forEach(open::add);
            }
        }
        return blocks;
    }

    private List<PossibleBlock> of(Type type, List<String> kindsAbove, List<YamlNode> nodes) {
        Class<?> raw = Shape.itemType(type);
        if (Scalars.covers(raw)) {
            return List.of();
        }
        // The items of a list have no defaults but their own.
        Layers layers = raw == type ? Layers.of(nodes, choices.isChoice(raw)) : Layers.NONE;
        if (!choices.isChoice(raw)) {
            return List.of(block(raw, kindsAbove, "", layers, true));
        }
        String usual = layers.kind()
                .map(node -> node instanceof YamlNode.Scalar scalar ? scalar.text() : "")
                .orElse("");
        List<PossibleBlock> blocks = new ArrayList<>();
        choices.kinds(raw).forEach((kind, chosen) -> {
            List<String> kinds = new ArrayList<>(kindsAbove);
            kinds.add(kind);
            blocks.add(block(chosen, kinds, kind, layers.ofKind(kind), kind.equals(usual)));
        });
        return blocks;
    }

    private PossibleBlock block(Class<?> type, List<String> kinds, String kind, Layers above, boolean usual) {
        Layers layers = above.over(defaults.of(type, kind));
        Map<String, String> meanings = Meanings.of(type);
        List<Key> keys = new ArrayList<>();
        Shape.keys(type).forEach((name, component) -> {
            if (!name.equals(Shape.KIND)) {
                String otherwise = layers.children(name).stream()
                        .findFirst()
                        .map(YamlNode::line)
                        .orElse(Shape.isNullable(component) ? "null" : null);
                String meaning = meanings.getOrDefault(component.getName(), "");
                keys.add(new Key(name, component, meaning, choices.describe(component), otherwise));
            }
        });
        return new PossibleBlock(Shape.block(type).value(), kinds, kind, usual, layers, keys);
    }
}
