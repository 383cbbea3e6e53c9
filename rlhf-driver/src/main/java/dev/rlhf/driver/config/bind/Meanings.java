package dev.rlhf.driver.config.bind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the comments of a defaults.yaml say of its keys, those included that are commented out because they have no default.
 *
 * <p>A key that one kind of a block leaves without a comment means what it means in another kind.
 */
final class Meanings {
    private static final Pattern KEY = Pattern.compile("( *)(?:# )?([a-z0-9-]+):(?: .*?)?(?:# (.*))?");

    private final Map<List<String>, String> meanings = new LinkedHashMap<>();

    private Meanings() {}

    static Meanings parse(String text) {
        Meanings meanings = new Meanings();
        List<String> path = new ArrayList<>();
        text.lines().map(KEY::matcher).filter(Matcher::matches).forEach(line -> {
            int depth = line.group(1).length() / 2;
            path.subList(Math.min(depth, path.size()), path.size()).clear();
            path.add(line.group(2));
            if (line.group(3) != null) {
                meanings.meanings.put(List.copyOf(path), line.group(3));
            }
        });
        return meanings;
    }

    /** The meaning of a key of a block. */
    Optional<String> of(PossibleBlock block, String key) {
        String name = Shape.block(block.type()).value();
        List<String> path = block.kind().isEmpty() ? List.of(name, key) : List.of(name, block.kind(), key);
        return Optional.ofNullable(meanings.get(path))
                .or(() -> meanings.entrySet().stream()
                        .filter(entry -> entry.getKey().size() == path.size()
                                && entry.getKey().get(0).equals(name)
                                && entry.getKey().get(path.size() - 1).equals(key))
                        .map(Map.Entry::getValue)
                        .findFirst());
    }
}
