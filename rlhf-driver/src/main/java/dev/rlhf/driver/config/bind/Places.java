package dev.rlhf.driver.config.bind;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Which blocks may stand where in a document, and with which defaults. */
final class Places {
    private final Defaults defaults;
    private final Choices choices;
    private final Class<?> root;

    Places(Class<?> root, Defaults defaults, Choices choices) {
        this.root = root;
        this.choices = choices;
        this.defaults = defaults;
    }

    /** The document itself. */
    PossibleBlock document() {
        return of(root, List.of(), List.of()).get(0);
    }

    /** The blocks that a key, or an item of its list, may be; empty where it holds single values. */
    List<PossibleBlock> below(PossibleBlock parent, String key) {
        Type type = Shape.component(parent.type(), key).getGenericType();
        return of(type, parent.kinds(), parent.layers().children(key));
    }

    /** Every block by its name in defaults.yaml. */
    Map<String, List<PossibleBlock>> blocks() {
        Map<String, List<PossibleBlock>> blocks = new LinkedHashMap<>();
        List<Class<?>> open = new ArrayList<>(List.of(root));
        for (int i = 0; i < open.size(); i++) {
            for (PossibleBlock block : of(open.get(i), List.of(), List.of())) {
                List<PossibleBlock> named =
                        blocks.computeIfAbsent(Shape.block(block.type()).value(), name -> new ArrayList<>());
                if (named.stream().noneMatch(other -> other.kind().equals(block.kind()))) {
                    named.add(block);
                }
                Shape.keys(block.type()).values().stream()
                        .map(component -> Shape.itemType(component.getGenericType()))
                        .filter(type -> !Scalars.covers(type) && !open.contains(type))
                        .forEach(open::add);
            }
        }
        return blocks;
    }

    /** Every key that a document may have, as {@code block.key}, without those that stand only below a key of {@code leaves}. */
    Set<String> keys(Set<String> leaves) {
        Set<String> keys = new TreeSet<>();
        List<Class<?>> open = new ArrayList<>(List.of(root));
        for (int i = 0; i < open.size(); i++) {
            for (PossibleBlock block : of(open.get(i), List.of(), List.of())) {
                String name = Shape.block(block.type()).value() + ".";
                if (!block.kind().isEmpty()) {
                    keys.add(name + Shape.KIND);
                }
                Shape.keys(block.type()).forEach((key, component) -> {
                    keys.add(name + key);
                    Class<?> type = Shape.itemType(component.getGenericType());
                    if (!leaves.contains(name + key) && !Scalars.covers(type) && !open.contains(type)) {
                        open.add(type);
                    }
                });
            }
        }
        return keys;
    }

    private List<PossibleBlock> of(Type type, List<String> kindsAbove, List<YamlNode> nodes) {
        Class<?> raw = Shape.itemType(type);
        if (Scalars.covers(raw)) {
            return List.of();
        }
        // The items of a list have no defaults but their own.
        Layers layers = raw == type ? Layers.of(nodes, choices.isChoice(raw)) : Layers.NONE;
        if (!choices.isChoice(raw)) {
            return List.of(new PossibleBlock(raw, kindsAbove, "", layers.over(defaults.of(raw, "")), true));
        }
        String usual = layers.kind()
                .map(node -> node instanceof YamlNode.Scalar scalar ? scalar.text() : "")
                .orElse("");
        List<PossibleBlock> blocks = new ArrayList<>();
        choices.kinds(raw).forEach((kind, chosen) -> {
            List<String> kinds = new ArrayList<>(kindsAbove);
            kinds.add(kind);
            Layers own = layers.ofKind(kind).over(defaults.of(chosen, kind));
            blocks.add(new PossibleBlock(chosen, kinds, kind, own, kind.equals(usual)));
        });
        return blocks;
    }
}
