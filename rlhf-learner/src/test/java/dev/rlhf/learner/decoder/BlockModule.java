package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.rlhf.learner.block.Block;
import dev.rlhf.learner.block.Norm;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.ScriptModule;
import dev.rlhf.learner.model.Llama;
import dev.rlhf.learner.model.ModelConfig;
import dev.rlhf.learner.model.RotaryEmbedding;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A block alone, compiled: over {@value #ROWS} rows of {@value #POSITIONS} positions, with heads as in {@link #SHAPE}. */
final class BlockModule implements AutoCloseable {
    static final int ROWS = 4;
    static final int POSITIONS = 7;
    static final ModelConfig SHAPE =
            new ModelConfig(new Llama(), 11, 24, 1, 4, 2, 6, 10, 32, RotaryEmbedding.of(100), 1e-5, true, List.of());

    private static final int LENGTH = KeyValueCache.PAGE;
    private static final String PASSES = """
              def there(self: __torch__.Ops, w: List[Tensor], x: Tensor, c: Tensor, d: Tensor) -> Tensor:
                return FORWARD
              def record(self: __torch__.Ops, w: List[Tensor], x: Tensor, c: Tensor, d: Tensor) -> List[Tensor]:
                kept = annotate(List[Tensor], [])
                y = RECORDED
                k0 = torch.append(kept, y)
                return kept
              def back(self: __torch__.Ops, w: List[Tensor], kept: List[Tensor], g: Tensor, stream: Tensor, c: Tensor, d: Tensor) -> List[Tensor]:
                found = annotate(List[Tensor], [])
                dx = BACKWARD
                r0 = torch.reverse(found)
                APPEND
                return found
              def read(self: __torch__.Ops, w: List[Tensor], x: Tensor, cos: Tensor, sin: Tensor, span: Tensor) -> Tensor:
                n = 4
                s = 7
                c = torch.repeat(cos, [n, 1, 1])
                d = torch.repeat(sin, [n, 1, 1])
                unseen = torch.repeat(torch.gt(torch.unsqueeze(span, 0), torch.unsqueeze(span, 1)), [2, 1])
                read = annotate(List[Tensor], [])
                return PREFILL
              def prepare(self: __torch__.Ops, w: List[Tensor], cos: Tensor, sin: Tensor) -> List[Tensor]:
                return [torch.stack([cos, cos], 2), torch.stack([torch.neg(sin), sin], 2)PREPARED]
              def step(self: __torch__.Ops, p: List[Tensor], cache: List[Tensor], x: Tensor, positions: Tensor, places: Tensor, span: Tensor) -> Tensor:
                c = torch.index_select(p[0], 0, positions)
                d = torch.index_select(p[1], 0, positions)
                unseen = torch.gt(span, torch.unsqueeze(torch.repeat_interleave(positions, 2), 1))
                mask = torch.unsqueeze(torch.mul(unseen, -1.0e+30), 1)
                wide = WIDE
                return STEP
            """;

    private final ScriptModule module;
    private final NDManager scope = NativeScope.open();
    private final NDList tables;

    private BlockModule(ScriptModule module) {
        this.module = module;
        NDArray positions = scope.arange(0, POSITIONS, 1, DataType.FLOAT32);
        this.tables = module.callForList(scope, "tables", positions);
    }

    /** What came of a block: its output, the derivatives of its weights, and that of its input where it has one. */
    record Passed(NDArray y, NDList found, NDArray dx) {}

    static BlockModule of(Block block) {
        BlockMethods methods = new BlockMethods();
        Cell cell = new Cell(block, 0, 0);
        String passes = PASSES.replace("FORWARD", methods.forward(cell, "x", false))
                .replace("RECORDED", methods.forward(cell, "x", true))
                .replace("BACKWARD", methods.backward(cell, "g", "stream"))
                .replace("APPEND", block.backward().contains("dx = ") ? "a0 = torch.append(found, dx)" : "pass")
                .replace("PREFILL", methods.prefill(cell, "x"))
                .replace(
                        "PREPARED",
                        String.join(
                                "",
                                BlockMethods.prepared(cell).stream()
                                        .map(one -> ", " + one)
                                        .toList()))
                .replace(
                        "WIDE",
                        block instanceof Norm norm ? "torch.constant_pad_nd(x, [0, 1], " + norm.column() + ")" : "x")
                .replace("STEP", methods.step(cell, "x", 0));
        String tables = SHAPE.rotary().tables(SHAPE.headSize());
        return new BlockModule(ScriptModule.compile(tables + methods.text() + KeyValueCache.methods(SHAPE) + passes));
    }

    /** Cosines and sines, [S, 1, head/2] each. */
    NDList tables() {
        return tables;
    }

    NDArray there(NDManager owner, NDList w, NDArray x) {
        return module.call(owner, "there", w, x, tables.get(0), tables.get(1));
    }

    Passed thereAndBack(NDManager owner, NDList w, NDArray x, NDArray g, NDArray stream) {
        NDList kept = module.callForList(owner, "record", w, x, tables.get(0), tables.get(1));
        NDArray y = kept.get(kept.size() - 1);
        NDList found = module.callForList(owner, "back", w, kept, g.duplicate(), stream, tables.get(0), tables.get(1));
        return new Passed(y, found, found.get(found.size() - 1));
    }

    /** All positions of all rows as a server reads prompts. */
    NDArray prompts(NDManager owner, NDList w, NDArray x) {
        NDArray span = owner.arange(0, POSITIONS, 1, DataType.INT64);
        return module.call(owner, "read", w, x, tables.get(0), tables.get(1), span);
    }

    /** All positions, one after the other, as a server steps. */
    NDArray steps(NDManager owner, NDList w, NDArray x) {
        NDList prepared = module.callForList(owner, "prepare", w, tables.get(0), tables.get(1));
        NDArray span = owner.arange(0, LENGTH, 1, DataType.INT64);
        NDArray rows = x.reshape(ROWS, POSITIONS, -1);
        NDList outputs = new NDList();
        try (KeyValueCache cache = new KeyValueCache(module, SHAPE)) {
            List<CachedSequence> sequences = IntStream.range(0, ROWS)
                    .mapToObj(row -> cache.begin(null, 1))
                    .toList();
            cache.fill();
            for (int position = 0; position < POSITIONS; position++) {
                int[] at = new int[ROWS];
                Arrays.fill(at, position);
                NDArray now = rows.get(":, " + position);
                outputs.add(module.call(
                        owner,
                        "step",
                        prepared,
                        cache.window(sequences, at, ROWS).cache(),
                        x.getShape().dimension() == 1 ? now.reshape(ROWS) : now,
                        owner.create(CachedDecoder.longs(at, ROWS)),
                        owner.create(cache.places(sequences, at, ROWS)),
                        span));
            }
        }
        return NDArrays.stack(outputs, 1).reshape(ROWS * POSITIONS, -1);
    }

    @Override
    public void close() {
        module.close();
        scope.close();
    }
}
