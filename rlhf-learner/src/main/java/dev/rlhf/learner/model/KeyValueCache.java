package dev.rlhf.learner.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.ScriptModule;
import java.util.List;

/** Keys and values of running sequences, one slot each: [slots, key-value heads, positions, head] a layer. */
final class KeyValueCache implements AutoCloseable {
    private final ScriptModule module;
    private final int heads;
    private final int positions;
    private final NDManager scope = NativeScope.open();
    private final NDList keys = new NDList();
    private final NDList values = new NDList();
    private NDManager viewScope = NativeScope.open();
    private NDList views = new NDList();
    private int viewedRows;
    private int viewedLength;

    /** An empty cache; {@code module} is {@link CachedDecoderSource}'s. */
    KeyValueCache(ScriptModule module, ModelConfig config, int slots, int positions) {
        this.module = module;
        this.heads = config.keyValueHeads();
        this.positions = positions;
        Shape shape = new Shape(slots, heads, positions, config.headSize());
        for (int layer = 0; layer < config.layers(); layer++) {
            keys.add(scope.zeros(shape));
            values.add(scope.zeros(shape));
        }
    }

    /** Copies what was read of prompts, by row of {@code read}, into slots. */
    void place(NDList read, long[] rows, long[] slots) {
        try (NDManager step = NativeScope.open()) {
            module.perform("place", keys, values, read, step.create(rows), step.create(slots));
        }
    }

    /** Copies the first {@code length} positions of slots into others. */
    void move(List<Integer> from, List<Integer> to, int length) {
        try (NDManager step = NativeScope.open()) {
            NDArray sources =
                    step.create(from.stream().mapToLong(Integer::longValue).toArray());
            NDArray targets =
                    step.create(to.stream().mapToLong(Integer::longValue).toArray());
            module.perform("move", keys, values, sources, targets, length);
        }
    }

    /** The windows through which a step of this size looks; few sizes occur in a row, so the last ones are kept. */
    NDList views(int rows, int length) {
        if (rows != viewedRows || length != viewedLength) {
            viewScope.close();
            viewScope = NativeScope.open();
            views = module.callForList(viewScope, "views", keys, values, rows, length);
            viewedRows = rows;
            viewedLength = length;
        }
        return views;
    }

    /** Where the cache, seen as a list of vectors, takes what is new of each row and head. */
    long[] places(int[] at, int rows) {
        long[] places = new long[rows * heads];
        for (int i = 0; i < places.length; i++) {
            int row = i / heads;
            places[i] = (long) i * positions + (row < at.length ? at[row] : 0);
        }
        return places;
    }

    @Override
    public void close() {
        viewScope.close();
        scope.close();
    }
}
