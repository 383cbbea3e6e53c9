package dev.rlhf.learner.decoder;

import dev.rlhf.learner.block.Block;
import dev.rlhf.learner.block.Parameter;
import dev.rlhf.learner.block.Sight;
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
 * @param turns index of the tables that it is turned by; −1 for none
 */
record Cell(Block block, int leaf, int keeps, int turns) {
    /** Some blocks in the order of the way there; leaves and kept tensors are counted from the first. */
    static List<Cell> of(List<? extends Block> blocks, List<Sight.Turns> tables) {
        List<Cell> cells = new ArrayList<>();
        int leaf = 0;
        int keeps = 0;
        for (Block block : blocks) {
            int turns = block.sight().turns().map(tables::indexOf).orElse(-1);
            cells.add(new Cell(block, leaf, keeps, turns));
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
