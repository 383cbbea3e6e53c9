package dev.rlhf.config;

import java.util.List;

/**
 * A block that may stand at some place of a document.
 *
 * @param name its name in defaults.yaml
 * @param kinds the kinds on the way to it, its own last; without those where there is no choice
 * @param kind its own kind; empty where there is no choice
 * @param usual whether it stands there when a document names no kind
 * @param layers the defaults that hold at this place, the strongest first
 * @param keys its keys but for its kind
 */
record PossibleBlock(String name, List<String> kinds, String kind, boolean usual, Layers layers, List<Key> keys) {
    /** Its path from its name on, e.g. {@code kl-controller.fixed}. */
    String path() {
        return kind.isEmpty() ? name : name + "." + kind;
    }

    /** Whether it has the key; {@code kind} is one where there is a choice. */
    boolean has(String key) {
        return key.equals(Shape.KIND) ? !kind.isEmpty() : names().contains(key);
    }

    /** Names of its keys. */
    List<String> names() {
        return keys.stream().map(Key::name).toList();
    }

    /** A key that it has. */
    Key key(String name) {
        return keys.get(names().indexOf(name));
    }
}
