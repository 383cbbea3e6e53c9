package dev.rlhf.config;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Suggestion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A YAML document and the settings made over it. */
public final class Document {
    /** Key by whose value the items of a list are called in a path. */
    static final String NAME = "name";

    private static final Pattern STEP = Pattern.compile("([^.\\[\\]]+)|\\[(\\d+)]");

    private final YamlNode root;

    private Document(YamlNode root) {
        this.root = root;
    }

    /** Reads a file; throws {@link RlhfException} of kind USER naming file and line. */
    public static Document read(Path file) {
        return new Document(YamlSource.read(file));
    }

    /** Reads a text; {@code name} is what messages call it, relative paths start at {@code directory}. */
    public static Document parse(String name, String text, Path directory) {
        return new Document(new YamlSource(name, directory, true).parse(text));
    }

    /** Whether the document has this key at its top. */
    public boolean has(String key) {
        return root instanceof YamlNode.Mapping mapping && mapping.entries().containsKey(key);
    }

    /** The paths of the list under {@code key}; empty where there is no such list. */
    public List<Path> paths(String key) {
        List<Path> paths = new ArrayList<>();
        if (root instanceof YamlNode.Mapping mapping
                && mapping.entries().get(key) instanceof YamlNode.Sequence sequence) {
            for (YamlNode item : sequence.items()) {
                if (item instanceof YamlNode.Scalar scalar && Scalars.parse(Path.class, scalar) instanceof Path path) {
                    paths.add(path);
                }
            }
        }
        return paths;
    }

    /** The block under {@code key} as a document of its own; this document when it has no such key. */
    public Document blockOrAll(String key) {
        return root instanceof YamlNode.Mapping mapping && mapping.entries().get(key) instanceof YamlNode.Mapping block
                ? new Document(block)
                : this;
    }

    /**
     * Sets {@code key=value}, e.g. {@code stages.ppo.steps=5} or {@code stages[2].steps=5}; the value is YAML.
     *
     * @param directory what a relative path in the value is relative to
     * @throws RlhfException USER when the setting has no {@code =} or its path leads nowhere
     */
    public void set(String setting, Path directory) {
        int equals = setting.indexOf('=');
        List<String> steps = equals < 0 ? List.of() : steps(setting.substring(0, equals));
        if (steps.isEmpty()) {
            throw RlhfException.user("--set " + setting + ": must be key=value, e.g. stages.ppo.steps=5");
        }
        YamlSource source = new YamlSource("--set " + setting, directory, false);
        YamlNode value = source.parse(setting.substring(equals + 1));
        YamlNode node = root;
        for (int i = 0; i < steps.size() - 1; i++) {
            node = descend(node, steps.get(i), value.origin());
        }
        String last = steps.get(steps.size() - 1);
        if (node instanceof YamlNode.Mapping mapping) {
            mapping.entries().put(last, value);
        } else if (node instanceof YamlNode.Sequence sequence) {
            sequence.items().set(index(sequence, last, value.origin()), value);
        } else {
            throw RlhfException.user(value.origin().place() + ": '" + last + "' is inside a single value");
        }
    }

    /** The kind of the item of a list at the document's top that is called {@code item}, by its name or its index. */
    public Optional<String> kind(String list, String item) {
        YamlNode items =
                root instanceof YamlNode.Mapping mapping ? mapping.entries().get(list) : null;
        if (!(items instanceof YamlNode.Sequence sequence)) {
            return Optional.empty();
        }
        List<YamlNode> all = sequence.items();
        return all.stream()
                .filter(node -> item.equals(name(node)) || item.equals(String.valueOf(all.indexOf(node))))
                .filter(YamlNode.Mapping.class::isInstance)
                .map(node -> ((YamlNode.Mapping) node).entries().get(Shape.KIND))
                .filter(YamlNode.Scalar.class::isInstance)
                .map(kind -> ((YamlNode.Scalar) kind).text())
                .findFirst();
    }

    YamlNode root() {
        return root;
    }

    /** The node at {@code path} below {@code start}, or the last one on the way there. */
    static YamlNode nearest(YamlNode start, String path) {
        YamlNode node = start;
        for (String step : steps(path)) {
            YamlNode next = null;
            if (node instanceof YamlNode.Mapping mapping) {
                next = mapping.entries().get(step);
            } else if (node instanceof YamlNode.Sequence sequence) {
                next = sequence.items().get(index(sequence, step, node.origin()));
            }
            if (next == null) {
                return node;
            }
            node = next;
        }
        return node;
    }

    private static YamlNode descend(YamlNode node, String step, Origin origin) {
        if (node instanceof YamlNode.Sequence sequence) {
            return sequence.items().get(index(sequence, step, origin));
        }
        if (!(node instanceof YamlNode.Mapping mapping)) {
            throw RlhfException.user(origin.place() + ": '" + step + "' is inside a single value");
        }
        YamlNode child = mapping.entries().get(step);
        if (child == null || child instanceof YamlNode.Scalar) {
            Map<String, YamlNode> entries = new LinkedHashMap<>();
            if (child != null && !child.absent()) {
                entries.put(Shape.KIND, child);
            }
            child = new YamlNode.Mapping(entries, origin);
            mapping.entries().put(step, child);
        }
        return child;
    }

    /** The item at an index or, by its {@code name}, of a list of named blocks. */
    private static int index(YamlNode.Sequence sequence, String step, Origin origin) {
        List<String> names = sequence.items().stream().map(Document::name).toList();
        for (int i = 0; i < names.size(); i++) {
            if (step.equals(String.valueOf(i)) || step.equals(names.get(i))) {
                return i;
            }
        }
        throw RlhfException.user(origin.place() + ": there is no '" + step + "' in a list of " + names.size() + " "
                + names + Suggestion.of(step, names));
    }

    /** What a block of a list is called in a path; empty where it has no name. */
    static String name(YamlNode item) {
        return item instanceof YamlNode.Mapping mapping && mapping.entries().get(NAME) instanceof YamlNode.Scalar name
                ? name.text()
                : "";
    }

    /** The keys and indices of a path like {@code stages[2].steps}. */
    public static List<String> steps(String path) {
        List<String> steps = new ArrayList<>();
        Matcher matcher = STEP.matcher(path);
        while (matcher.find()) {
            steps.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
        }
        return steps;
    }
}
