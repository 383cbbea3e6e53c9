package dev.rlhf.driver.config.bind;

import dev.rlhf.core.base.RlhfException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The defaults of every block: {@code block: {…}} or, where there is a choice, {@code block: {kind: {…}}}. */
public final class Defaults {
    private final YamlNode.Mapping blocks;

    private Defaults(YamlNode.Mapping blocks) {
        this.blocks = blocks;
    }

    /** Reads the text of a defaults.yaml; {@code name} is what messages call it. */
    public static Defaults parse(String name, String text) {
        YamlNode root = new YamlSource(name, Path.of("."), true).parse(text);
        if (!(root instanceof YamlNode.Mapping mapping)) {
            throw RlhfException.bug(name + " is no block of keys");
        }
        return new Defaults(mapping);
    }

    /** Defaults of a record, chosen by {@code kind} where the record has kinds. */
    YamlNode.Mapping of(Class<?> type, String kind) {
        Block block = Shape.block(type);
        Optional<YamlNode.Mapping> found = child(blocks, block.value());
        if (block.kinds().length > 0) {
            found = found.flatMap(choice -> child(choice, kind));
        }
        return found.orElse(new YamlNode.Mapping(Map.of(), blocks.origin()));
    }

    private static Optional<YamlNode.Mapping> child(YamlNode.Mapping parent, String key) {
        return parent.entries().get(key) instanceof YamlNode.Mapping mapping ? Optional.of(mapping) : Optional.empty();
    }
}
