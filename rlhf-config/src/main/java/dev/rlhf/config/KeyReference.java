package dev.rlhf.config;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Suggestion;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Explains keys: what they mean, what they may be, and what they are when a document leaves them out. */
public final class KeyReference {
    private final Places places;

    /** The reference of the documents that {@code root} is bound from. */
    public KeyReference(Class<? extends Record> root, Defaults defaults, Choices choices) {
        this.places = new Places(root, defaults, choices);
    }

    /** Every key that a document may have, as the block of the defaults that it belongs to and its name there. */
    public Set<String> keys() {
        return places.blocks().values().stream()
                .flatMap(List::stream)
                .flatMap(block -> block.names().stream().map(key -> block.name() + "." + key))
                .collect(Collectors.toSet());
    }

    /** Every key with its default and its meaning, as the text of a defaults.yaml. */
    public String yaml() {
        return new KeyListing(places).yaml();
    }

    /** Every key with its meaning, values and default, as a page in Markdown. */
    public String page() {
        return new KeyListing(places).page();
    }

    /** The names of all blocks and of their keys, as JSON. */
    public String blocks() {
        return new BlockTable(places).write();
    }

    /** The JSON Schema of a document. */
    public String schema() {
        return new JsonSchema(places).write();
    }

    /**
     * Explains a key, or all keys of a block.
     *
     * @param path its path in a document, where a kind stands for the name of a list's item, e.g. {@code
     *     stages.ppo.kl.controller.beta}; or its path from a block of the defaults, e.g. {@code kl-controller.adaptive.target}
     * @throws RlhfException USER naming the nearest key when there is none such
     */
    public String explain(String path) {
        return explain(path, Document.steps(path));
    }

    /** Explains the key at {@code steps}, which is told as {@code path}. */
    public String explain(String path, List<String> steps) {
        KeyWords words = new KeyWords(steps);
        List<PossibleBlock> here = List.of(places.document());
        for (int i = 0; i < steps.size(); i++) {
            String step = steps.get(i);
            List<PossibleBlock> ofKind =
                    here.stream().filter(block -> block.kind().equals(step)).toList();
            List<PossibleBlock> having =
                    here.stream().filter(block -> block.has(step)).toList();
            if (!ofKind.isEmpty()) {
                here = ofKind;
            } else if (having.isEmpty()) {
                here = named(here, steps, i);
            } else if (i == steps.size() - 1) {
                return path + "\n" + words.key(having, step);
            } else {
                here = having.stream()
                        .flatMap(block -> places.below(block, step).stream())
                        .toList();
            }
        }
        return path + "\n" + words.keys(here);
    }

    /** The blocks that a path's first step names, if it is no key of the document itself. */
    private List<PossibleBlock> named(List<PossibleBlock> here, List<String> steps, int i) {
        Map<String, List<PossibleBlock>> blocks = i == 0 ? places.blocks() : Map.of();
        String step = steps.get(i);
        String above = String.join(".", steps.subList(0, i));
        if (blocks.containsKey(step)) {
            return blocks.getOrDefault(step, List.of());
        }
        if (here.isEmpty()) {
            throw RlhfException.user("there is no key '" + step + "' in " + above + ", which is a single value");
        }
        Set<String> known = new TreeSet<>(blocks.keySet());
        here.forEach(block -> {
            known.addAll(block.names());
            known.addAll(block.kinds());
        });
        known.removeAll(steps.subList(0, i));
        String elsewhere = blocks.values().stream()
                .flatMap(List::stream)
                .filter(block -> block.names().contains(step))
                .map(block -> block.path() + "." + step)
                .collect(Collectors.joining(" or "));
        String suggestion = elsewhere.isEmpty() ? Suggestion.of(step, known) : "; did you mean " + elsewhere + "?";
        String ownName = here.size() > 1 && here.stream().allMatch(block -> block.has(Document.NAME))
                ? "; the name of a stage is known with --recipe FILE"
                : "";
        throw RlhfException.user("there is no key '" + step + "'" + (i == 0 ? "" : " in " + above) + suggestion
                + ownName + " (known: " + String.join(", ", known) + ")");
    }
}
