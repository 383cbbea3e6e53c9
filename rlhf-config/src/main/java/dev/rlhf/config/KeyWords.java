package dev.rlhf.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Puts what is known of keys into lines of text. */
final class KeyWords {
    private static final String LINES = "    meaning   %s\n    value     %s\n    default   %s\n";
    private static final String KEY_LINE = "    %-20s  %s\n";

    private final List<String> path;

    /**
     * Writes about the keys at the end of one path.
     *
     * @param path its steps; a kind among them is not named again
     */
    KeyWords(List<String> path) {
        this.path = path;
    }

    /** All about one key of the blocks; what differs from kind to kind is told apart. */
    String key(List<PossibleBlock> blocks, String name) {
        if (name.equals(Shape.KIND)) {
            return kind(blocks);
        }
        Map<String, List<PossibleBlock>> alike = new LinkedHashMap<>();
        for (PossibleBlock block : blocks) {
            Key key = block.key(name);
            String about = LINES.formatted(key.meaning(), key.values(), key.otherwiseInWords());
            alike.computeIfAbsent(about, text -> new ArrayList<>()).add(block);
        }
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

    private static String keys(PossibleBlock block) {
        return block.keys().isEmpty()
                ? "    (no keys)\n"
                : block.keys().stream()
                        .map(key -> KEY_LINE.formatted(key.name(), key.meaning()))
                        .collect(Collectors.joining());
    }

    private static String kind(List<PossibleBlock> blocks) {
        String kinds = blocks.stream().map(PossibleBlock::kind).distinct().collect(Collectors.joining(", "));
        String usual = blocks.stream()
                .filter(PossibleBlock::usual)
                .map(PossibleBlock::kind)
                .distinct()
                .collect(Collectors.joining(" or "));
        return LINES.formatted(
                "what kind of block this is; it decides on the other keys",
                "one of " + kinds,
                usual.isEmpty() ? Key.MUST_BE_GIVEN : usual);
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
}
