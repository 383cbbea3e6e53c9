package dev.rlhf.config;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The defaults of every block: {@code block: {…}} or, where there is a choice, {@code block: {kind: {…}}}.
 *
 * <p>What stands under {@code every-kind} holds for each kind that has the key, also for one that is not named there.
 */
public final class Defaults {
    private static final String FILE = "defaults.yaml";
    private static final String EVERY_KIND = "every-kind";

    private final YamlNode.Mapping blocks;

    private Defaults(YamlNode.Mapping blocks) {
        this.blocks = blocks;
    }

    /** Reads the defaults.yaml that stands beside a class; throws BUG when there is none. */
    public static Defaults beside(Class<?> owner) {
        try (InputStream stream = owner.getResourceAsStream(FILE)) {
            if (stream == null) {
                throw RlhfException.bug(FILE + " is not on the class path beside " + owner.getName());
            }
            return parse(FILE, new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw RlhfException.resource("cannot read " + FILE, e);
        }
    }

    /** Reads the text of a defaults.yaml; {@code name} is what messages call it. */
    public static Defaults parse(String name, String text) {
        YamlNode root = new YamlSource(name, Path.of("."), true).parse(text);
        if (!(root instanceof YamlNode.Mapping mapping)) {
            throw RlhfException.bug(name + " is no block of keys");
        }
        return new Defaults(mapping);
    }

    /** Defaults of a record, chosen by {@code kind} where the record has kinds; the strongest first. */
    List<YamlNode.Mapping> of(Class<?> type, String kind) {
        Block block = Shape.block(type);
        YamlNode.Mapping own = child(blocks, block.value());
        if (block.kinds().length == 0) {
            return List.of(own);
        }
        YamlNode.Mapping common = child(own, EVERY_KIND);
        Map<String, YamlNode> shared = new LinkedHashMap<>(common.entries());
        shared.keySet().retainAll(Shape.keys(type).keySet());
        return List.of(child(own, kind), new YamlNode.Mapping(shared, common.origin()));
    }

    private static YamlNode.Mapping child(YamlNode.Mapping parent, String key) {
        return parent.entries().get(key) instanceof YamlNode.Mapping mapping
                ? mapping
                : new YamlNode.Mapping(Map.of(), parent.origin());
    }
}
