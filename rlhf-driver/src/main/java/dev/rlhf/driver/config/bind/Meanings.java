package dev.rlhf.driver.config.bind;

import dev.rlhf.core.base.Block;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the comments of a defaults.yaml say of its keys, those included that are commented out because they have no default.
 *
 * <p>A key that one kind of a block leaves without a comment means what it means in another kind of the same shape; or what it means
 * in every other kind where it takes the same values, if they all say the same.
 */
final class Meanings {
    private static final Pattern KEY = Pattern.compile("( *)(?:# )?([a-z0-9-]+):(?: .*?)?(?:# (.*))?");

    private final Map<List<String>, String> meanings = new LinkedHashMap<>();

    private final Map<String, List<PossibleBlock>> blocks;

    private Meanings(Map<String, List<PossibleBlock>> blocks) {
        this.blocks = blocks;
    }

    /** Reads the text of a defaults.yaml about the blocks at {@code places}. */
    static Meanings parse(String text, Places places) {
        Meanings meanings = new Meanings(places.blocks());
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
        Block own = Shape.block(block.type());
        Stream<List<String>> paths = block.kind().isEmpty()
                ? Stream.of(List.of(own.value(), key))
                : Stream.of(Stream.of(block.kind()), Stream.of(own.kinds()), Stream.of("every-kind"))
                        .flatMap(kinds -> kinds)
                        .map(kind -> List.of(own.value(), kind, key));
        return paths.map(meanings::get).filter(Objects::nonNull).findFirst().or(() -> elsewhere(block, key));
    }

    private Optional<String> elsewhere(PossibleBlock block, String key) {
        String name = Shape.block(block.type()).value();
        Type values = Shape.component(block.type(), key).getGenericType();
        Set<String> words = new HashSet<>();
        for (PossibleBlock other : blocks.getOrDefault(name, List.of())) {
            String meaning = meanings.get(List.of(name, other.kind(), key));
            if (meaning != null
                    && Shape.component(other.type(), key).getGenericType().equals(values)) {
                words.add(meaning);
            }
        }
        return words.size() == 1 ? words.stream().findFirst() : Optional.empty();
    }
}
