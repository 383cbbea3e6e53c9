package dev.rlhf.driver.config.bind;

import java.util.List;

/**
 * A block that may stand at some place of a document.
 *
 * @param type its record
 * @param kinds the kinds on the way to it, its own last; without those where there is no choice
 * @param kind its own kind; empty where there is no choice
 * @param layers the defaults that hold at this place, the strongest first
 * @param usual whether it stands there when a document names no kind
 */
record PossibleBlock(Class<?> type, List<String> kinds, String kind, Layers layers, boolean usual) {
    /** Whether it has the key; {@code kind} is one where there is a choice. */
    boolean has(String key) {
        return key.equals(Shape.KIND) ? !kind.isEmpty() : Shape.keys(type).containsKey(key);
    }

    /** Whether a document must give the key. */
    boolean needs(String key) {
        return layers.children(key).isEmpty() && !Shape.isNullable(Shape.component(type, key));
    }

    /** Its keys but for its kind. */
    List<String> keys() {
        return Shape.keys(type).keySet().stream()
                .filter(key -> !key.equals(Shape.KIND))
                .toList();
    }
}
