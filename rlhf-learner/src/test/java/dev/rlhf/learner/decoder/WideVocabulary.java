package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.Precision;
import dev.rlhf.core.update.TokenGradients;
import dev.rlhf.learner.engine.Backend;
import dev.rlhf.learner.engine.NativeScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** A head of {@value #V} tokens over {@value #N} positions, there and back, in a process that measures its own memory. */
final class WideVocabulary {
    static final int D = 64;
    static final int V = 131_072;
    static final int N = 4096;

    private static final Path STATUS = Path.of("/proc/self/status");

    private WideVocabulary() {}

    /** Prints, for log-probs alone, with entropies, and with a cap too, {@code extra <MiB>}: the most memory beyond hidden states, matrix and its gradient. */
    public static void main(String[] arguments) throws IOException {
        NativeScope.prepareThread(2);
        try (NDManager scope = NativeScope.open()) {
            NDArray matrix = drawn(scope, V, 0.1f);
            NDArray sum = matrix.duplicate();
            NDArray hidden = drawn(scope, N, 1);
            pass(SoftCap.at(30), hidden.get("0:2"), matrix, sum, EnumSet.allOf(Output.class));
            say("log-probs", SoftCap.none(), hidden, matrix, sum, Set.of(Output.LOG_PROBS));
            say("entropies", SoftCap.none(), hidden, matrix, sum, Set.of(Output.LOG_PROBS, Output.ENTROPIES));
            say("capped", SoftCap.at(30), hidden, matrix, sum, Set.of(Output.LOG_PROBS, Output.ENTROPIES));
        }
    }

    private static void say(String what, SoftCap cap, NDArray hidden, NDArray matrix, NDArray sum, Set<Output> wanted)
            throws IOException {
        System.gc();
        // Sets the most memory so far to the memory of now.
        Files.writeString(Path.of("/proc/self/clear_refs"), "5");
        long before = kibibytes("VmRSS");
        long begin = System.nanoTime();
        pass(cap, hidden, matrix, sum, wanted);
        System.out.printf(
                "%s: extra %d MiB, %.1f s%n",
                what, (kibibytes("VmHWM") - before) >> 10, (System.nanoTime() - begin) / 1e9);
    }

    private static void pass(SoftCap cap, NDArray hidden, NDArray matrix, NDArray sum, Set<Output> wanted) {
        int count = (int) hidden.getShape().get(0);
        int[] targets = new Random(3).ints(count, 0, V).toArray();
        RowLayout rows = RowLayout.of(List.of(TokenSequence.of(new int[] {0}, targets)), Head.LANGUAGE_MODEL, 0);
        float[][] coefficients = new float[1][count];
        Arrays.fill(coefficients[0], 1f / count);
        float[][] byEntropy = wanted.contains(Output.ENTROPIES) ? coefficients : new float[0][];
        try (OutputHead head = OutputHead.languageModel(cap, Precision.FLOAT32, Backend.CPU);
                NDManager scope = NativeScope.open()) {
            OutputHead.Reading reading = head.read(scope, hidden, matrix, rows, 0.7, wanted);
            reading.gradients(
                    new TokenGradients(0, coefficients, byEntropy, new float[0][], Map.of(), Map.of()), sum, false);
        }
    }

    private static NDArray drawn(NDManager scope, int rows, float scale) {
        Random random = new Random(rows);
        float[] numbers = new float[rows * D];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = scale * (float) random.nextGaussian();
        }
        return scope.create(numbers, new Shape(rows, D));
    }

    private static long kibibytes(String field) throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith(field))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
