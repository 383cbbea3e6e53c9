package dev.rlhf.learner.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.rlhf.learner.engine.Backend;
import dev.rlhf.learner.engine.ScriptModule;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The kernel of a device beside plain products on the CPU: outputs, logarithms, and the way back with those of a merged softmax. */
public final class AttentionKernelProof {
    private static final String ALIKE = """
              def widened(self: __torch__.Ops, x: Tensor) -> Tensor:
                return x
              def rounded(self: __torch__.Ops, x: Tensor) -> Tensor:
                return x
              def factor(self: __torch__.Ops, x: Tensor) -> Tensor:
                return x
            """;
    private static final List<String> NAMES = List.of("outputs", "logarithms", "by queries", "by keys", "by values");

    private AttentionKernelProof() {}

    /** Who is told of each comparison: what, its relative error, the most it may be. */
    public interface Told {
        void close(String what, double error, double most);
    }

    private record Sizes(int sequences, int heads, int queries, int keys, int head, boolean causal, int window) {}

    /** Compares both. */
    public static void run(Backend backend, Told told) {
        for (Sizes sizes : List.of(
                new Sizes(3, 4, 7, 7, 16, true, 0),
                new Sizes(2, 8, 100, 100, 64, true, 0),
                new Sizes(2, 4, 96, 96, 128, true, 17),
                new Sizes(2, 4, 33, 33, 256, true, 5),
                new Sizes(3, 4, 20, 45, 32, false, 0))) {
            List<float[]> oracle = pass(Backend.CPU, AttentionKernel.PRODUCTS, sizes);
            AttentionKernel kernel = AttentionKernel.FLASH.on(backend, sizes.head());
            List<float[]> found = pass(backend, kernel, sizes);
            for (int i = 0; i < NAMES.size(); i++) {
                told.close(kernel + ", " + sizes + ", " + NAMES.get(i), error(found.get(i), oracle.get(i)), 1e-4);
            }
        }
    }

    private static List<float[]> pass(Backend backend, AttentionKernel kernel, Sizes sizes) {
        ScriptModule module = compile(kernel);
        try (NDManager scope = backend.open()) {
            Random random = new Random(3);
            NDArray q = drawn(scope, random, sizes, sizes.queries());
            NDArray k = drawn(scope, random, sizes, sizes.keys());
            NDArray v = drawn(scope, random, sizes, sizes.keys());
            NDArray g = drawn(scope, random, sizes, sizes.queries());
            NDArray other = drawn(scope, random, sizes, sizes.queries());
            double scale = 1 / Math.sqrt(sizes.head());
            NDList there = module.callForList(scope, "span", q, k, v, sizes.causal(), sizes.window(), scale, 0.0);
            // As if other keys had a share of e^-0.7 in the softmax, and outputs of their own.
            NDArray o = there.get(0).mul((float) Math.exp(-0.7)).add(other.mul(0.5f));
            NDArray l = there.get(1).add(0.7f);
            NDList back = module.callForList(
                    scope, "span_back", g, q, k, v, o, l, sizes.causal(), sizes.window(), scale, 0.0);
            List<float[]> all = new ArrayList<>();
            there.forEach(one -> all.add(one.toFloatArray()));
            back.forEach(one -> all.add(one.toFloatArray()));
            return all;
        } finally {
            module.close();
        }
    }

    static ScriptModule compile(AttentionKernel kernel) {
        return ScriptModule.compile(ALIKE + kernel.methods());
    }

    /** [N, H, S, D], as a learner's rows lie. */
    private static NDArray drawn(NDManager scope, Random random, Sizes sizes, int rows) {
        float[] numbers = new float[sizes.sequences() * sizes.heads() * rows * sizes.head()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return scope.create(numbers, new Shape(sizes.sequences(), rows, sizes.heads(), sizes.head()))
                .transpose(0, 2, 1, 3);
    }

    private static double error(float[] found, float[] wanted) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < wanted.length; i++) {
            difference += Math.pow((double) found[i] - wanted[i], 2);
            norm += Math.pow(wanted[i], 2);
        }
        return found.length == wanted.length ? Math.sqrt(difference / norm) : Double.NaN;
    }
}
