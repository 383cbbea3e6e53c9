package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.rlhf.learner.block.Template;
import dev.rlhf.learner.engine.AvailableMemory;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.ScriptModule;
import dev.rlhf.learner.model.Architecture;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Keys and values of running sequences, one slot each: [slots, key-value heads, positions, head] a layer.
 *
 * <p>It holds what those that run can come to need and grows when they need more; both sizes are kept from then on where memory allows, so
 * that a loop whose steps are alike allocates once.
 */
final class KeyValueCache implements AutoCloseable {
    /** What a step is given of each layer: keys and values as it reads them, and as it writes them. */
    static final List<String> VIEWS = List.of("keys", "values", "key_rows", "value_rows");

    private static final String METHODS = """
              def place(self: __torch__.Ops, keys: List[Tensor], values: List[Tensor], read: List[Tensor], rows: Tensor, slots: Tensor) -> NoneType:
                length = torch.size(read[0], 2)
                for l in range($layers):
                  k = torch.index_select(read[torch.mul(l, 2)], 0, rows)
                  v = torch.index_select(read[torch.add(torch.mul(l, 2), 1)], 0, rows)
                  k0 = torch.index_copy_(torch.slice(keys[l], 2, 0, length), 0, slots, k)
                  v0 = torch.index_copy_(torch.slice(values[l], 2, 0, length), 0, slots, v)
                return None
              def carry(self: __torch__.Ops, old: Tensor, new: Tensor, slots: int, length: int) -> NoneType:
                kept = torch.slice(torch.slice(old, 0, 0, slots), 2, 0, length)
                n0 = torch.copy_(torch.slice(torch.slice(new, 0, 0, slots), 2, 0, length), kept)
                return None
              def move(self: __torch__.Ops, keys: List[Tensor], values: List[Tensor], sources: Tensor, targets: Tensor, length: int) -> NoneType:
                for l in range($layers):
                  k = torch.slice(keys[l], 2, 0, length)
                  v = torch.slice(values[l], 2, 0, length)
                  k0 = torch.index_copy_(k, 0, targets, torch.index_select(k, 0, sources))
                  v0 = torch.index_copy_(v, 0, targets, torch.index_select(v, 0, sources))
                return None
              def views(self: __torch__.Ops, keys: List[Tensor], values: List[Tensor], rows: int, length: int) -> List[Tensor]:
                result = annotate(List[Tensor], [])
                for l in range($layers):
                  k = torch.slice(torch.slice(keys[l], 0, 0, rows), 2, 0, length)
                  v = torch.slice(torch.slice(values[l], 0, 0, rows), 2, 0, length)
                  r0 = torch.append(result, torch.transpose(torch.flatten(k, 0, 1), 1, 2))
                  r1 = torch.append(result, torch.flatten(v, 0, 1))
                  r2 = torch.append(result, torch.view(keys[l], [-1, $head]))
                  r3 = torch.append(result, torch.view(values[l], [-1, $head]))
                return result
            """;

    private final ScriptModule module;
    private final int layers;
    private final int heads;
    private final int head;
    private int slots;
    private int positions;
    private final List<NDManager> scopes = new ArrayList<>();
    private final NDList keys = new NDList();
    private final NDList values = new NDList();
    private NDManager viewScope = NativeScope.open();
    private NDList views = new NDList();
    private int viewedRows;
    private int viewedLength;

    /** A cache without room; {@code module} has its {@link #methods}. */
    KeyValueCache(ScriptModule module, Architecture architecture) {
        this.module = module;
        this.layers = architecture.layers().size();
        this.heads = architecture.attention().get(0).keys();
        this.head = architecture.attention().get(0).head();
    }

    /** TorchScript of its methods. */
    static String methods(Architecture architecture) {
        return Template.fill(METHODS, Map.of(
                        "layers",
                        architecture.layers().size(),
                        "head",
                        architecture.attention().get(0).head()));
    }

    /** Bytes of so many slots of so many positions. */
    long bytes(int slots, int positions) {
        return 2L * layers * slots * heads * positions * head * Float.BYTES;
    }

    /** Whether there is room, or memory to make it: layer after layer, so that one layer's old copy is what it takes on top. */
    boolean canHold(int slots, int positions) {
        return (slots <= this.slots && positions <= this.positions)
                || AvailableMemory.fits(bytes(slots, positions)
                        - bytes(this.slots, this.positions)
                        + bytes(this.slots, this.positions) / layers);
    }

    /**
     * Makes room; what the first slots hold is kept.
     *
     * @param slots slots that are needed, a multiple of the row multiple
     * @param positions positions each needs
     * @param used slots in use, whose content is copied
     */
    void reserve(int slots, int positions, int used) {
        if (slots <= this.slots && positions <= this.positions) {
            return;
        }
        // Twice as many, so that requests that trickle in do not have it copied for each.
        int more = slots <= this.slots ? this.slots : Math.max(slots, 2 * this.slots);
        int longer = Math.max(positions, this.positions);
        boolean roomy = canHold(more, longer);
        int newSlots = roomy ? more : slots;
        int newPositions = roomy ? longer : positions;
        viewScope.close();
        viewScope = NativeScope.open();
        viewedRows = 0;
        Shape shape = new Shape(newSlots, heads, newPositions, head);
        for (int layer = 0; layer < layers; layer++) {
            grow(layer, shape, used, Math.min(positions, this.positions));
        }
        this.slots = newSlots;
        this.positions = newPositions;
    }

    private void grow(int layer, Shape shape, int used, int length) {
        NDManager scope = NativeScope.open();
        NDArray key = scope.zeros(shape);
        NDArray value = scope.zeros(shape);
        if (layer == scopes.size()) {
            keys.add(key);
            values.add(value);
            scopes.add(scope);
            return;
        }
        module.perform("carry", keys.get(layer), key, used, length);
        module.perform("carry", values.get(layer), value, used, length);
        keys.set(layer, key);
        values.set(layer, value);
        scopes.set(layer, scope).close();
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
        scopes.forEach(NDManager::close);
    }
}
