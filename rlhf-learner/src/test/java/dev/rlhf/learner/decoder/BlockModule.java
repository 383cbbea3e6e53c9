package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.rlhf.core.update.Precision;
import dev.rlhf.learner.block.Block;
import dev.rlhf.learner.block.Norm;
import dev.rlhf.learner.block.RotaryEmbedding;
import dev.rlhf.learner.block.Sight;
import dev.rlhf.learner.engine.Backend;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.ScriptModule;
import dev.rlhf.learner.model.Architecture;
import dev.rlhf.learner.model.LlamaShape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A block alone, compiled: over {@value #ROWS} rows of {@value #POSITIONS} positions, with heads as in {@link #ARCHITECTURE}. */
final class BlockModule implements AutoCloseable {
    static final int ROWS = 4;
    static final int POSITIONS = 7;
    static final int VOCABULARY = 11;
    static final Architecture ARCHITECTURE = new LlamaShape(
                    VOCABULARY, 24, 1, 4, 2, 6, 10, 32, RotaryEmbedding.of(100), 1e-5, true, List.of())
            .config()
            .architecture();

    /** How heads turn. */
    static final Sight SIGHT = ARCHITECTURE.attention().get(0).sight();

    private static final int LENGTH = KeyValueCache.PAGE;
    private static final String PASSES = """
              def turned(self: __torch__.Ops, tables: List[Tensor], positions: Tensor) -> List[Tensor]:
                return [torch.index_select(tables[0], 0, positions), torch.index_select(tables[1], 0, positions)]
              def there(self: __torch__.Ops, w: List[Tensor], x: Tensor, tables: List[Tensor], positions: Tensor, spans: List[int], shared: List[int], runs: List[int], seen: Tensor) -> Tensor:
                t = (self).turned(tables, positions, )
                return FORWARD
              def record(self: __torch__.Ops, w: List[Tensor], x: Tensor, tables: List[Tensor], positions: Tensor, spans: List[int], shared: List[int], runs: List[int], seen: Tensor) -> List[Tensor]:
                t = (self).turned(tables, positions, )
                kept = annotate(List[Tensor], [])
                y = RECORDED
                k0 = torch.append(kept, y)
                return kept
              def back(self: __torch__.Ops, w: List[Tensor], d: List[Tensor], kept: List[Tensor], g: Tensor, stream: Tensor, tables: List[Tensor], positions: Tensor, spans: List[int], shared: List[int], runs: List[int], seen: Tensor) -> List[Tensor]:
                t = (self).turned(tables, positions, )
                dx = BACKWARD
                return RETURNED
              def read(self: __torch__.Ops, w: List[Tensor], x: Tensor, tables: List[Tensor], positions: Tensor, span: Tensor) -> Tensor:
                t = (self).turned(tables, positions, )
                n = 4
                s = 7
                read = annotate(List[Tensor], [])
                return PREFILL
              def prepare(self: __torch__.Ops, w: List[Tensor], tables: List[Tensor]) -> List[Tensor]:
                return [PREPARED]
              def step(self: __torch__.Ops, p: List[Tensor], cache: List[Tensor], x: Tensor, positions: Tensor, places: Tensor, span: Tensor) -> Tensor:
                t = [torch.index_select(p[0], 0, positions), torch.index_select(p[1], 0, positions)]
                at = torch.unsqueeze(positions, 1)
                unseen = torch.gt(span, at)
                mask0 = torch.unsqueeze(torch.mul(unseen, -1.0e+30), 1)
                mask3 = torch.unsqueeze(torch.mul(torch.logical_or(unseen, torch.le(span, torch.sub(at, 3))), -1.0e+30), 1)
                wide = WIDE
                return STEP
            """;

    private final ScriptModule module;
    private final NDManager scope = NativeScope.open();
    private final NDList tables;
    private final NDArray positions;

    private BlockModule(ScriptModule module, DataType type) {
        this.module = module;
        this.tables = new NDList();
        module.callForList(scope, "tables", scope.arange(0, LENGTH, 1, DataType.FLOAT32))
                .forEach(table -> tables.add(table.toType(type, false)));
        long[] places = new long[ROWS * POSITIONS];
        Arrays.setAll(places, i -> i % POSITIONS);
        this.positions = scope.create(places);
    }

    /** What came of a block: its output, the derivatives of its weights, and that of its input where it has one. */
    record Passed(NDArray y, NDList found, NDArray dx) {}

    /**
     * Compiles a block for inputs of this type; the server's ways know single precision only.
     *
     * @param asServed whether the way there is {@link Block#asServed}
     */
    static BlockModule of(Block block, DataType type, boolean asServed) {
        BlockMethods methods = new BlockMethods(Precision.FLOAT32, Backend.CPU, asServed);
        Cell cell = Cell.of(List.of(block), ARCHITECTURE.turns()).get(0);
        String back = methods.backward(cell, "g", "stream");
        boolean gives = block.backward().contains("dx = ");
        String passes = PASSES.replace("FORWARD", methods.forward(cell, "x", false))
                .replace("RECORDED", methods.forward(cell, "x", true))
                .replace("BACKWARD", back)
                .replace("RETURNED", gives ? "torch.append(d, dx)" : "d")
                .replace("PREFILL", methods.prefill(cell, "x"))
                .replace(
                        "PREPARED",
                        TableMethods.prepared(ARCHITECTURE) + String.join(", ", BlockMethods.prepared(cell)))
                .replace(
                        "WIDE",
                        block instanceof Norm norm ? "torch.constant_pad_nd(x, [0, 1], " + norm.column() + ")" : "x")
                .replace("STEP", methods.step(cell, "x", 2, 0));
        return new BlockModule(
                ScriptModule.compile(
                        TableMethods.of(ARCHITECTURE) + methods.text() + KeyValueCache.methods(ARCHITECTURE) + passes),
                type);
    }

    /** Cosines and sines by position, [L, 1, head/2] each. */
    NDList tables() {
        return tables;
    }

    private Object[] with(Object... own) {
        long[] seen = new long[ROWS * LENGTH];
        Arrays.setAll(seen, i -> i / LENGTH * POSITIONS + Math.min(i % LENGTH, POSITIONS - 1));
        Object[] given = {
            tables,
            positions,
            new long[] {ROWS, POSITIONS},
            new long[0],
            new long[] {ROWS, POSITIONS, 0, LENGTH},
            scope.create(seen)
        };
        Object[] all = Arrays.copyOf(own, own.length + given.length);
        System.arraycopy(given, 0, all, own.length, given.length);
        return all;
    }

    NDArray there(NDManager owner, NDList w, NDArray x) {
        return module.call(owner, "there", with(w, x));
    }

    Passed thereAndBack(NDManager owner, NDList w, NDArray x, NDArray g, NDArray stream) {
        NDList kept = module.callForList(owner, "record", with(w, x));
        NDArray y = kept.get(kept.size() - 1);
        NDList d = new NDList();
        w.forEach(weight -> d.add(owner.zeros(weight.getShape(), weight.getDataType())));
        NDList found = module.callForList(owner, "back", with(w, d, kept, g.duplicate(), stream));
        return new Passed(y, found, found.get(found.size() - 1));
    }

    /** All positions of all rows as a server reads prompts. */
    NDArray prompts(NDManager owner, NDList w, NDArray x) {
        NDArray span = owner.arange(0, POSITIONS, 1, DataType.INT64);
        return module.call(owner, "read", w, x, tables, positions, span);
    }

    /** All positions of any number of rows, one after the other, as a server steps. */
    NDArray steps(NDManager owner, NDList w, NDArray x) {
        NDList prepared = module.callForList(owner, "prepare", w, tables);
        NDArray span = owner.arange(0, LENGTH, 1, DataType.INT64);
        int count = (int) x.getShape().get(0) / POSITIONS;
        NDArray rows = x.reshape(count, POSITIONS, -1);
        NDList outputs = new NDList();
        try (KeyValueCache cache = new KeyValueCache(module, ARCHITECTURE)) {
            List<CachedSequence> sequences = IntStream.range(0, count)
                    .mapToObj(row -> cache.begin(null, 1))
                    .toList();
            cache.fill();
            for (int position = 0; position < POSITIONS; position++) {
                int[] at = new int[count];
                Arrays.fill(at, position);
                NDArray now = rows.get(":, " + position).duplicate();
                outputs.add(module.call(
                        owner,
                        "step",
                        prepared,
                        cache.window(sequences, at, count).cache(),
                        x.getShape().dimension() == 1 ? now.reshape(count) : now,
                        owner.create(CachedDecoder.longs(at, count)),
                        owner.create(cache.places(sequences, at, count)),
                        span));
            }
        }
        return NDArrays.stack(outputs, 1).reshape((long) count * POSITIONS, -1);
    }

    @Override
    public void close() {
        module.close();
        scope.close();
    }
}
