package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.rlhf.learner.block.Template;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.ScriptModule;
import dev.rlhf.learner.model.Architecture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Pages of keys and values, [keys and values, pages, heads, positions of a page, head] a layer, and who has which.
 *
 * <p>A step works on all pages up to the last one taken, so the lowest free one is given first, and {@link #compact} fills holes.
 */
final class PagePool implements AutoCloseable {
    /** TorchScript of its methods. */
    private static final String METHODS = """
              def carry(self: __torch__.Ops, old: Tensor, new: Tensor, pages: int) -> NoneType:
                n0 = torch.copy_(torch.slice(new, 1, 0, pages), torch.slice(old, 1, 0, pages))
                return None
              def move(self: __torch__.Ops, layers: List[Tensor], sources: Tensor, targets: Tensor) -> NoneType:
                for l in range($layers):
                  n0 = torch.index_copy_(layers[l], 1, targets, torch.index_select(layers[l], 1, sources))
                return None
            """;

    /** Fewer holes than this are not worth a copy. */
    private static final int HOLES = 32;

    private final ScriptModule module;
    private final Architecture architecture;
    private final int reserved;
    private final List<NDManager> scopes = new ArrayList<>();
    private final NDList layers = new NDList();
    private final BitSet taken = new BitSet();
    private final Set<Pages> holders = new LinkedHashSet<>();
    private int capacity;

    /**
     * A pool without room but for pages that nobody gets: the first {@code reserved}, which begin as zeros.
     *
     * @param module has its {@link #methods}
     */
    PagePool(ScriptModule module, Architecture architecture, int reserved) {
        this.module = module;
        this.architecture = architecture;
        this.reserved = reserved;
        taken.set(0, reserved);
        reserve(0);
    }

    /** Pages of one holder, in the order of positions. */
    static final class Pages {
        private int[] pages = new int[4];
        private int size;

        int get(int index) {
            return pages[index];
        }

        int size() {
            return size;
        }

        private void add(int page) {
            if (size == pages.length) {
                pages = Arrays.copyOf(pages, 2 * size);
            }
            pages[size] = page;
            size++;
        }
    }

    static String methods(Architecture architecture) {
        return Template.fill(METHODS, Map.of("layers", architecture.layers().size()));
    }

    /** Bytes of so many pages of all layers. */
    static long bytes(Architecture architecture, long pages) {
        return 2L
                * architecture.layers().size()
                * pages
                * architecture.keyHeads()
                * KeyValueCache.PAGE
                * architecture.headSize()
                * Float.BYTES;
    }

    /** Bytes it takes to have room for so many: layer after layer, so that one layer's old copy is what it takes on top. */
    long bytesToHold(int pages) {
        int missing = pages + reserved - capacity;
        return missing <= 0
                ? 0
                : bytes(architecture, missing)
                        + bytes(architecture, capacity) / architecture.layers().size();
    }

    /** Makes room for so many in all; what is there is kept. */
    void reserve(int pages) {
        if (pages + reserved <= capacity) {
            return;
        }
        int rows = architecture.keyHeads();
        Shape shape = new Shape(2, pages + reserved, rows, KeyValueCache.PAGE, architecture.headSize());
        for (int layer = 0; layer < architecture.layers().size(); layer++) {
            grow(layer, shape);
        }
        capacity = pages + reserved;
    }

    private void grow(int layer, Shape shape) {
        NDManager scope = NativeScope.open();
        NDArray both = scope.zeros(shape);
        if (layer == scopes.size()) {
            layers.add(both);
            scopes.add(scope);
            return;
        }
        module.perform("carry", layers.get(layer), both, Math.min(end(), capacity));
        layers.set(layer, both);
        scopes.set(layer, scope).close();
    }

    /** A new holder without pages. */
    Pages open() {
        Pages holder = new Pages();
        holders.add(holder);
        return holder;
    }

    /** Gives a holder one page more; there must be room before it is written. */
    void take(Pages holder) {
        int page = taken.nextClearBit(reserved);
        taken.set(page);
        holder.add(page);
    }

    /** Takes a holder's pages back. */
    void close(Pages holder) {
        for (int i = 0; i < holder.size; i++) {
            taken.clear(holder.pages[i]);
        }
        holders.remove(holder);
    }

    /** One more than the last page taken. */
    int end() {
        return taken.length();
    }

    /** Moves the last pages into holes where those are as many as what is taken; returns whether it did. */
    boolean compact() {
        int count = taken.cardinality();
        if (end() - count < Math.max(count, HOLES)) {
            return false;
        }
        List<Long> sources = new ArrayList<>();
        List<Long> targets = new ArrayList<>();
        for (Pages holder : holders) {
            for (int i = 0; i < holder.size; i++) {
                if (holder.pages[i] >= count) {
                    int hole = taken.nextClearBit(reserved);
                    sources.add((long) holder.pages[i]);
                    targets.add((long) hole);
                    taken.set(hole);
                    holder.pages[i] = hole;
                }
            }
        }
        taken.clear(count, taken.length());
        try (NDManager scope = NativeScope.open()) {
            NDArray from =
                    scope.create(sources.stream().mapToLong(Long::longValue).toArray());
            NDArray to =
                    scope.create(targets.stream().mapToLong(Long::longValue).toArray());
            module.perform("move", layers, from, to);
        }
        return true;
    }

    /** Keys and values of each layer. */
    NDList layers() {
        return layers;
    }

    /** Pages that there is room for. */
    int capacity() {
        return capacity;
    }

    @Override
    public void close() {
        scopes.forEach(NDManager::close);
    }
}
