package dev.rlhf.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What several layers say of one block.
 *
 * @param mappings the layers, the strongest first
 */
record Layers(List<YamlNode.Mapping> mappings) {
    /** Before anything is said. */
    static final Layers NONE = new Layers(List.of());

    Layers {
        mappings = List.copyOf(mappings);
    }

    /** The layers that are blocks, or name the kind of one that is a choice; any other covers those beneath it. */
    static Layers of(List<YamlNode> nodes, boolean choice) {
        List<YamlNode.Mapping> blocks = new ArrayList<>();
        for (YamlNode node : nodes) {
            if (!((choice ? node.asChoice() : node) instanceof YamlNode.Mapping mapping)) {
                break;
            }
            blocks.add(mapping);
        }
        return new Layers(blocks);
    }

    /** These layers over weaker ones. */
    Layers over(List<YamlNode.Mapping> weaker) {
        List<YamlNode.Mapping> more = new ArrayList<>(mappings);
        more.addAll(weaker);
        return new Layers(more);
    }

    /** The strongest word on the block's kind. */
    Optional<YamlNode> kind() {
        return children(Shape.KIND).stream().findFirst();
    }

    /** The layers that do not speak of another kind. */
    Layers ofKind(String kind) {
        return new Layers(mappings.stream()
                .filter(layer -> !(layer.entries().get(Shape.KIND) instanceof YamlNode.Scalar other)
                        || other.text().equals(kind))
                .toList());
    }

    /** What the layers say of a key, the strongest first; a block that only defaults have is missed where the user left it out. */
    List<YamlNode> children(String key) {
        List<YamlNode> children = new ArrayList<>();
        for (int i = 0; i < mappings.size(); i++) {
            YamlNode child = mappings.get(i).entries().get(key);
            if (child != null) {
                if (children.isEmpty() && i > 0 && child instanceof YamlNode.Mapping) {
                    children.add(new YamlNode.Mapping(Map.of(), mappings.get(0).origin()));
                }
                children.add(child);
            }
        }
        return children;
    }
}
