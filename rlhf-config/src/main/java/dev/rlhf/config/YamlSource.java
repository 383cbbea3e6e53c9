package dev.rlhf.config;

import dev.rlhf.core.base.InputFile;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads YAML text into nodes.
 *
 * @param name what messages call the text
 * @param directory what relative paths in it are relative to
 * @param lines whether messages give line numbers
 */
record YamlSource(String name, Path directory, boolean lines) {
    /** Far more than any recipe has; aliases in aliases would make billions of them out of a few lines. */
    private static final int MOST_NODES = 100_000;

    /** Nodes that the present one stands in, and how many were read. */
    private static final class Walk {
        private final Set<Node> around = Collections.newSetFromMap(new IdentityHashMap<>());
        private int read;
    }

    /** Reads a file; throws USER naming it when it is missing, unreadable or not YAML. */
    static YamlNode read(Path file) {
        InputFile.require(file);
        try {
            Path directory = file.toAbsolutePath().normalize().resolveSibling("");
            return new YamlSource(file.toString(), directory, true).parse(Files.readString(file));
        } catch (CharacterCodingException e) {
            throw RlhfException.user("not a text file in UTF-8: " + file);
        } catch (IOException e) {
            throw RlhfException.resource("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** Reads a text; throws USER naming the line that is not YAML. */
    YamlNode parse(String text) {
        try {
            Node root = new Yaml(new SafeConstructor(new LoaderOptions())).compose(new StringReader(text));
            return root == null ? new YamlNode.Scalar("", true, origin(1)) : node(root, new Walk());
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark();
            String place =
                    mark == null || !lines ? name : origin(mark.getLine() + 1).place() + ":" + (mark.getColumn() + 1);
            throw RlhfException.user(place + ": not YAML: " + e.getProblem());
        } catch (YAMLException e) {
            throw RlhfException.user(name + ": not YAML: " + e.getMessage());
        }
    }

    private YamlNode node(Node node, Walk walk) {
        Origin origin = origin(node.getStartMark().getLine() + 1);
        if (++walk.read > MOST_NODES) {
            throw RlhfException.user(
                    origin.place() + ": with its aliases (*) written out this has more than " + MOST_NODES + " values");
        }
        if (node instanceof ScalarNode scalar) {
            return new YamlNode.Scalar(scalar.getValue(), node.getTag().equals(Tag.NULL), origin);
        }
        if (!walk.around.add(node)) {
            throw RlhfException.user(origin.place() + ": a block cannot stand in itself; take out its alias (*)");
        }
        YamlNode read = node instanceof MappingNode mapping
                ? new YamlNode.Mapping(entries(mapping, walk), origin)
                : new YamlNode.Sequence(items((SequenceNode) node, walk), origin);
        walk.around.remove(node);
        return read;
    }

    private List<YamlNode> items(SequenceNode sequence, Walk walk) {
        List<YamlNode> items = new ArrayList<>();
        sequence.getValue().forEach(item -> items.add(node(item, walk)));
        return items;
    }

    private Map<String, YamlNode> entries(MappingNode mapping, Walk walk) {
        Map<String, YamlNode> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Origin origin = origin(tuple.getKeyNode().getStartMark().getLine() + 1);
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw RlhfException.user(origin.place() + ": a key must be a word");
            }
            if (entries.put(key.getValue(), node(tuple.getValueNode(), walk)) != null) {
                throw RlhfException.user(origin.place() + ": the key '" + key.getValue() + "' is there twice");
            }
        }
        return entries;
    }

    private Origin origin(int line) {
        return new Origin(lines ? name + ":" + line : name, directory);
    }
}
