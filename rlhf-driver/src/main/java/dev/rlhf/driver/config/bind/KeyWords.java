package dev.rlhf.driver.config.bind;

import dev.rlhf.core.base.Range;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Puts what is known of keys into lines of text. */
final class KeyWords {
    private static final String LINE = "    %-8s  %s\n";
    private static final String KEY_LINE = "    %-20s  %s\n";

    private final Choices choices;
    private final Meanings meanings;
    private final List<String> path;

    /**
     * Writes about the keys at the end of one path.
     *
     * @param path its steps; a kind among them is not named again
     */
    KeyWords(Choices choices, Meanings meanings, List<String> path) {
        this.choices = choices;
        this.meanings = meanings;
        this.path = path;
    }

    /** All about one key of the blocks; what differs from kind to kind is told apart. */
    String key(List<PossibleBlock> blocks, String key) {
        if (key.equals(Shape.KIND)) {
            return kind(blocks);
        }
        Map<String, List<PossibleBlock>> alike = new LinkedHashMap<>();
        blocks.forEach(block -> alike.computeIfAbsent(about(block, key), text -> new ArrayList<>())
                .add(block));
        return alike.entrySet().stream()
                .map(entry -> heading(alike.size(), entry.getValue()) + entry.getKey())
                .collect(Collectors.joining());
    }

    /** Every key of the blocks with its meaning. */
    String keys(List<PossibleBlock> blocks) {
        return blocks.stream()
                .map(block -> heading(blocks.size(), List.of(block)) + keys(block))
                .collect(Collectors.joining());
    }

    private String keys(PossibleBlock block) {
        return block.keys().isEmpty()
                ? "    (no keys)\n"
                : block.keys().stream()
                        .map(key -> KEY_LINE.formatted(key, meaning(block, key)))
                        .collect(Collectors.joining());
    }

    private String about(PossibleBlock block, String key) {
        RecordComponent component = Shape.component(block.type(), key);
        Range range = component.getAnnotation(Range.class);
        String value = choices.describe(component.getGenericType())
                + (range == null ? "" : ", " + Scalars.describe(range))
                + (Shape.isNullable(component) ? ", or null" : "");
        String otherwise = block.layers().children(key).stream()
                .findFirst()
                .map(node -> node.line().equals("{}") ? "that of each of its keys" : node.line())
                .orElse(block.needs(key) ? "none: it must be given" : "null");
        return LINE.formatted("meaning", meaning(block, key))
                + LINE.formatted("value", value)
                + LINE.formatted("default", otherwise);
    }

    private static String kind(List<PossibleBlock> blocks) {
        List<String> kinds = blocks.stream().map(PossibleBlock::kind).distinct().toList();
        List<String> usual = blocks.stream()
                .filter(PossibleBlock::usual)
                .map(PossibleBlock::kind)
                .distinct()
                .toList();
        return LINE.formatted("meaning", "what kind of block this is; it decides on the other keys")
                + LINE.formatted("value", Scalars.oneOf(kinds))
                + LINE.formatted("default", usual.isEmpty() ? "none: it must be given" : String.join(" or ", usual));
    }

    private String heading(int parts, List<PossibleBlock> blocks) {
        return parts == 1
                ? ""
                : blocks.stream()
                        .map(block -> block.kinds().stream()
                                        .filter(kind -> !path.contains(kind))
                                        .collect(Collectors.joining(" / "))
                                + (block.usual() ? " (the default)" : ""))
                        .collect(Collectors.joining(", ", "  of kind ", ":\n"));
    }

    private String meaning(PossibleBlock block, String key) {
        return meanings.of(block, key).orElse("");
    }
}
