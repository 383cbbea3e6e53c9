package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.Processor;
import dev.rlhf.learner.engine.ScriptModule;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

/**
 * Whether the processor at hand keeps what is promised of bits; some milliseconds.
 *
 * <p>The same rows go through the products of a decoder alone, beside others, in another order and in other numbers, which are multiples of
 * four as everywhere in the generation server; each row must come out with the same bits. The same holds for attention over pages
 * ({@link PageTrial}).
 */
public final class SelfTest {
    private static final int[] ROWS = {4, 12, 32, 64};
    private static final int CONTENTS = 5;
    private static final int[][] MATRICES = {{128, 320}, {384, 128}, {128, 29}};
    private static final int HEAD = 32;
    private static final int GROUP = 2;
    private static final int SEEN = 32;
    private static final int[] LENGTHS = {32, 96};
    private static final String SOURCE = """
              def product(self: __torch__.Ops, x: Tensor, w: Tensor) -> Tensor:
                return torch.linear(x, w)
              def turned(self: __torch__.Ops, x: Tensor, w: Tensor) -> Tensor:
                return torch.mm(x, torch.t(w))
              def attention(self: __torch__.Ops, q: Tensor, k: Tensor, bias: Tensor) -> Tensor:
                shares = torch.softmax(torch.baddbmm(bias, q, torch.transpose(k, 1, 2), beta=1, alpha=0.17), -1)
                return torch.bmm(shares, k)
            """;

    private static final Map<Integer, Optional<Failure>> FOUND = new HashMap<>();

    private final ScriptModule module;
    private final NDManager scope;

    /**
     * What does not hold.
     *
     * @param repeats whether at least the same computation gives the same bits each time, which is all that learning needs
     * @param sentence what to tell
     */
    public record Failure(boolean repeats, String sentence) {
        Failure of(String what) {
            return new Failure(repeats, what + sentence);
        }
    }

    private SelfTest(ScriptModule module, NDManager scope) {
        this.module = module;
        this.scope = scope;
    }

    /**
     * Runs once a process and number of threads.
     *
     * @param threads intra-op threads of the products
     * @return empty where all holds
     */
    public static synchronized Optional<Failure> failure(int threads) {
        return FOUND.computeIfAbsent(threads, count -> run(count, text -> text));
    }

    /**
     * Runs it, whatever is known.
     *
     * @param fault what becomes of each text before it is compiled; for tests that see faults to be found
     */
    static Optional<Failure> run(int threads, UnaryOperator<String> fault) {
        NativeScope.prepareThread(threads);
        ScriptModule module = ScriptModule.compile(fault.apply(SOURCE));
        try (NDManager scope = NativeScope.open()) {
            return new SelfTest(module, scope)
                    .broken()
                    .or(() -> PageTrial.broken(fault))
                    .map(what -> new Failure(
                            what.repeats(),
                            what.sentence()
                                    + " on this processor, " + Processor.here() + ", with " + threads + " threads: "
                                    + (what.repeats()
                                            ? "the same request may be answered otherwise when others are beside it"
                                            : "equal seeds may give other numbers")));
        } finally {
            module.close();
        }
    }

    private Optional<Failure> broken() {
        for (int[] sizes : MATRICES) {
            NDArray matrix = scope.create(drawn(sizes[1] * sizes[0], 0), new Shape(sizes[1], sizes[0]));
            for (String method : new String[] {"product", "turned"}) {
                Optional<Failure> broken =
                        differing(sizes[1], new HashMap<>(), rows -> call(method, repeated(rows, sizes[0]), matrix));
                if (broken.isPresent()) {
                    return broken.map(failure -> failure.of("a product of " + sizes[0] + " by " + sizes[1]));
                }
            }
        }
        Map<Integer, float[]> known = new HashMap<>();
        for (int length : LENGTHS) {
            Optional<Failure> broken = differing(GROUP * HEAD, known, rows -> attention(rows, length));
            if (broken.isPresent()) {
                return broken.map(failure -> failure.of("attention over " + length + " positions"));
            }
        }
        return Optional.empty();
    }

    /**
     * Row r of every batch has the content r mod {@value #CONTENTS}, so that each content stands at every place of a group of four.
     *
     * @param known what each content gave so far
     */
    private static Optional<Failure> differing(int width, Map<Integer, float[]> known, IntFunction<float[]> of) {
        for (int rows : ROWS) {
            float[] all = of.apply(rows);
            if (rows == ROWS[1] && !Arrays.equals(all, of.apply(rows))) {
                return Optional.of(new Failure(false, " over " + rows + " rows differs from one time to the next"));
            }
            for (int row = 0; row < rows; row++) {
                float[] one = Arrays.copyOfRange(all, row * width, (row + 1) * width);
                float[] before = known.putIfAbsent(row % CONTENTS, one);
                if (before != null && !Arrays.equals(before, one)) {
                    return Optional.of(
                            new Failure(true, " gives the same row other bits among " + rows + " rows than elsewhere"));
                }
            }
        }
        return Optional.empty();
    }

    private float[] call(String method, NDArray rows, NDArray matrix) {
        return module.call(scope, method, rows, matrix).toFloatArray();
    }

    /** One query a row over keys of which the first {@value #SEEN} count. */
    private float[] attention(int rows, int length) {
        float[] bias = new float[rows * length];
        for (int i = 0; i < bias.length; i++) {
            bias[i] = i % length < SEEN ? 0 : -1e30f;
        }
        float[] keys = new float[rows * length * HEAD];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(drawn(SEEN * HEAD, row % CONTENTS), 0, keys, row * length * HEAD, SEEN * HEAD);
        }
        NDArray queries = repeated(rows, GROUP * HEAD).reshape(rows, GROUP, HEAD);
        return module.call(
                        scope,
                        "attention",
                        queries,
                        scope.create(keys, new Shape(rows, length, HEAD)),
                        scope.create(bias, new Shape(rows, 1, length)))
                .toFloatArray();
    }

    private NDArray repeated(int rows, int width) {
        float[] numbers = new float[rows * width];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(drawn(width, row % CONTENTS), 0, numbers, row * width, width);
        }
        return scope.create(numbers, new Shape(rows, width));
    }

    /** Numbers in (−1, 1) that look random, the same for the same seed and place. */
    static float[] drawn(int count, int seed) {
        float[] numbers = new float[count];
        int state = 0x9E3779B9 * (seed + 7);
        for (int i = 0; i < count; i++) {
            state = state * 1_664_525 + 1_013_904_223;
            numbers[i] = (state >> 8) * 0x1p-23f;
        }
        return numbers;
    }
}
