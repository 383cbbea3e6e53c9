package dev.rlhf.driver.config.bind;

import dev.rlhf.core.base.RlhfException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Explains keys: what they mean, what they may be, and what they are when a document leaves them out. */
public final class KeyReference {
    private final Choices choices;
    private final Places places;
    private final Meanings meanings;

    /**
     * The reference of the documents that {@code root} is bound from.
     *
     * @param name what messages call the defaults
     * @param defaults text of a defaults.yaml
     * @param choices the kinds of each choice
     */
    public KeyReference(Class<? extends Record> root, String name, String defaults, Choices choices) {
        this.choices = choices;
        this.places = new Places(root, Defaults.parse(name, defaults), choices);
        this.meanings = Meanings.parse(defaults, places);
    }

    /**
     * Every key that a document may have, as the block of the defaults that it belongs to and its name there.
     *
     * @param leaves keys below which nothing is looked for
     */
    public Set<String> keys(Set<String> leaves) {
        return places.keys(leaves);
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
        KeyWords words = new KeyWords(choices, meanings, steps);
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
        List<PossibleBlock> named = blocks.getOrDefault(steps.get(i), List.of());
        if (!named.isEmpty()) {
            return named;
        }
        String step = steps.get(i);
        if (here.isEmpty()) {
            throw RlhfException.user("there is no key '" + step + "' in " + String.join(".", steps.subList(0, i))
                    + ", which is a single value");
        }
        Set<String> known = new TreeSet<>(blocks.keySet());
        here.forEach(block -> {
            known.addAll(block.keys());
            known.addAll(block.kinds());
        });
        known.removeAll(steps.subList(0, i));
        String place = i == 0 ? "" : " in " + String.join(".", steps.subList(0, i));
        List<String> elsewhere = elsewhere(blocks, step);
        String suggestion = elsewhere.isEmpty()
                ? Suggestion.of(step, known)
                : "; did you mean " + String.join(" or ", elsewhere) + "?";
        String ownName = here.size() > 1 && here.stream().allMatch(block -> block.has(Document.NAME))
                ? "; the name of a stage is known with --recipe FILE"
                : "";
        throw RlhfException.user("there is no key '" + step + "'" + place + suggestion + ownName + " (known: "
                + String.join(", ", known) + ")");
    }

    /** The paths at whose end the key stands, from the block that has it. */
    private static List<String> elsewhere(Map<String, List<PossibleBlock>> blocks, String key) {
        return blocks.entrySet().stream()
                .flatMap(entry -> entry.getValue().stream()
                        .filter(block -> block.keys().contains(key))
                        .map(block -> path(entry.getKey(), block, key)))
                .toList();
    }

    private static String path(String name, PossibleBlock block, String key) {
        return name + "." + (block.kind().isEmpty() ? "" : block.kind() + ".") + key;
    }
}
