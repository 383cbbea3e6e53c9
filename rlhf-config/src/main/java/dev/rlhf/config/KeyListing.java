package dev.rlhf.config;

import java.util.List;
import java.util.stream.Collectors;

/** Lists every key, block by block. */
final class KeyListing {
    private static final String YAML = """
            # Every key of a recipe: its default and its meaning. A key that is commented out has no default: a recipe must give it.
            # Where a block has a kind, each kind has defaults of its own; choosing another kind in a recipe replaces the whole block.
            # A block of which only the kind is to be said may be written as its kind alone.
            """;

    private static final String PAGE = """
            # Configuration

            Every key of a recipe, block by block, as `./rlhf config page` writes it: meanings come from the Javadoc of the records that a recipe
            is bound to, defaults from [defaults.yaml](../rlhf-driver/src/main/resources/dev/rlhf/driver/config/defaults.yaml), and a test compares
            this page with them. `./rlhf config explain KEY` says the same of one key at its place in a recipe, where a stage may have another
            default.

            Where a block has a kind, each kind has keys and defaults of its own; choosing another kind replaces the whole block. A block of which
            only the kind is to be said may be written as its kind alone: `data: spelling`.
            """;

    private final Places places;

    KeyListing(Places places) {
        this.places = places;
    }

    /** As YAML. */
    String yaml() {
        StringBuilder text = new StringBuilder(YAML);
        places.blocks().forEach((name, kinds) -> {
            text.append('\n').append(name).append(":\n");
            for (PossibleBlock block : kinds) {
                String indent = block.kind().isEmpty() ? "  " : "    ";
                if (!block.kind().isEmpty()) {
                    String end = block.keys().isEmpty() ? ": {}\n" : ":\n";
                    text.append("  ").append(block.kind()).append(end);
                }
                block.keys().forEach(key -> text.append(line(indent, key)));
            }
        });
        return text.toString();
    }

    private static String line(String indent, Key key) {
        String written = key.otherwise() == null
                ? indent + "# " + key.name() + ":"
                : indent + key.name() + ": " + key.otherwise();
        return "%-40s# %s\n".formatted(written + " ", key.meaning());
    }

    /** As a page in Markdown, one table a kind. */
    String page() {
        StringBuilder text = new StringBuilder(PAGE);
        places.blocks().forEach((name, kinds) -> {
            text.append("\n## ").append(name).append('\n');
            kinds.forEach(block -> text.append(table(block)));
        });
        return text.toString();
    }

    private String table(PossibleBlock block) {
        String title = block.kind().isEmpty() ? "" : "\n### " + block.name() + ": " + block.kind() + "\n";
        String rows = block.keys().stream()
                .map(key -> "| `%s` | %s | %s | %s |\n"
                        .formatted(key.name(), key.meaning(), values(block, key), otherwise(key)))
                .collect(Collectors.joining());
        return title
                + (rows.isEmpty()
                        ? "\nIt has no keys.\n"
                        : "\n| key | meaning | value | default |\n|---|---|---|---|\n" + rows);
    }

    private String values(PossibleBlock block, Key key) {
        List<PossibleBlock> below = places.below(block, key.name());
        return below.isEmpty()
                ? key.values()
                : key.values().replaceFirst("block", "[block](#" + below.get(0).name() + ")");
    }

    private static String otherwise(Key key) {
        String words = key.otherwiseInWords();
        return words.equals(key.otherwise()) ? "`" + words + "`" : words;
    }
}
