package dev.rlhf.learner.decoder;

import dev.rlhf.learner.block.Block;
import dev.rlhf.learner.block.Parameter;
import dev.rlhf.learner.model.Architecture;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A block in its place in a decoder.
 *
 * @param block what it computes
 * @param leaf index of its first weight among the leaves
 * @param keeps index of its first kept tensor among those of all blocks
 */
record Cell(Block block, int leaf, int keeps) {
    /** The blocks of a decoder in the order of the way there. */
    static List<Cell> of(Architecture architecture) {
        List<Cell> cells = new ArrayList<>();
        int leaf = 0;
        int keeps = 0;
        for (Block block : architecture.blocks()) {
            cells.add(new Cell(block, leaf, keeps));
            leaf += block.parameters().size();
            keeps += block.kept().size();
        }
        return cells;
    }

    /** Its weights by name, elements of the list {@code list} whose first leaf is at {@code offset}. */
    Map<String, String> weights(String list, int offset) {
        Map<String, String> weights = new LinkedHashMap<>();
        for (Parameter parameter : block.parameters()) {
            weights.put(parameter.name(), list + "[" + (offset + leaf + weights.size()) + "]");
        }
        return weights;
    }

    /** What it keeps by name, elements of the list {@code kept}. */
    Map<String, String> kept() {
        Map<String, String> kept = new LinkedHashMap<>();
        block.kept().forEach(name -> kept.put(name, "kept[" + (keeps + kept.size()) + "]"));
        return kept;
    }
}
