package dev.rlhf.learner.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.update.Precision;
import dev.rlhf.learner.engine.Backend;
import dev.rlhf.learner.files.Checkpoint;
import dev.rlhf.learner.files.NumberFormat;
import dev.rlhf.learner.files.Numbers;
import dev.rlhf.learner.files.SafetensorsWriter;
import dev.rlhf.learner.files.Shards;
import dev.rlhf.learner.model.WeightLayout.FlatLayer;
import dev.rlhf.learner.model.WeightLayout.Leaf;
import dev.rlhf.learner.model.WeightLayout.Weight;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * One number for each weight of a network, in native memory: the weights themselves, or a moment of the optimiser.
 *
 * <p>Storage is flat per layer; {@link #leaves()} are views of it, so what is written to one is seen by the other. Files are read into it
 * and written from it through windows of a mebibyte: Java's heap never holds a tensor.
 */
public final class Parameters implements AutoCloseable {
    private final WeightLayout layout;
    private final Precision precision;
    private final NDManager scope;
    private final NDList flat = new NDList();
    private final NDList leaves = new NDList();
    private final Backend backend;
    /** Keeps them where Java cannot look at them. */
    private final Optional<CopiedNumbers> copied;

    private Parameters(WeightLayout layout, Precision precision, Backend backend) {
        this.layout = layout;
        this.precision = precision;
        this.backend = backend;
        this.scope = backend.open();
        this.copied = precision == Precision.BFLOAT16 || !backend.inSight()
                ? Optional.of(new CopiedNumbers(scope, precision))
                : Optional.empty();
        for (FlatLayer layer : layout.layers()) {
            NDArray numbers =
                    copied.map(kept -> kept.zeros(layer.size())).orElseGet(() -> scope.zeros(new Shape(layer.size())));
            flat.add(numbers);
            layer.leaves().forEach(leaf -> leaves.add(view(numbers, leaf)));
        }
    }

    private NDArray view(NDArray layer, Leaf leaf) {
        long end = leaf.offset() + leaf.size();
        if (copied.isPresent()) {
            return copied.get().part(layer, leaf.offset(), end, leaf.shape());
        }
        try (NDArray run = layer.get(new NDIndex("{}:{}", leaf.offset(), end))) {
            return run.reshape(leaf.shape());
        }
    }

    /**
     * Zeros for every weight of {@code layout}, float32, on the CPU.
     *
     * @throws RlhfException RESOURCE with the numbers when the memory is not there
     */
    public static Parameters zeros(WeightLayout layout) {
        return zeros(layout, Precision.FLOAT32, Backend.CPU);
    }

    /** Float32 zeros beside the weights of another: of the same layout, in the same memory. */
    public static Parameters zerosBeside(Parameters weights) {
        return zeros(weights.layout, Precision.FLOAT32, weights.backend);
    }

    /**
     * Zeros for every weight of {@code layout}.
     *
     * @throws RlhfException RESOURCE with the numbers when the memory is not there
     */
    public static Parameters zeros(WeightLayout layout, Precision precision, Backend backend) {
        int bytes = precision == Precision.FLOAT32 ? Float.BYTES : Short.BYTES;
        backend.require(
                layout.size() * bytes,
                "a model of " + layout.size() + " weights",
                "choose a smaller model, or a machine with more");
        return new Parameters(layout, precision, backend);
    }

    /** The weights of a model directory, float32, on the CPU; a missing one-output head is drawn from N(0, 1/(hidden+1)). */
    public static Parameters open(WeightLayout layout, Path modelDirectory, Seed headSeed) {
        return open(layout, Precision.FLOAT32, Backend.CPU, modelDirectory, headSeed);
    }

    /**
     * The weights of a model directory; a missing one-output head is drawn from N(0, 1/(hidden+1)).
     *
     * @throws RlhfException USER naming the file when it is missing or damaged, lacks a weight or its shape, or has numbers that are not finite
     */
    public static Parameters open(
            WeightLayout layout, Precision precision, Backend backend, Path modelDirectory, Seed headSeed) {
        // Headers first: a file that does not fit costs no memory.
        Checkpoint checkpoint = Checkpoint.ofDirectory(modelDirectory);
        WeightNames.in(checkpoint, layout);
        Parameters parameters = zeros(layout, precision, backend);
        try {
            parameters.load(checkpoint, headSeed);
            parameters.requireFinite(checkpoint.place());
            return parameters;
        } catch (RlhfException e) {
            parameters.close();
            throw e;
        }
    }

    /**
     * Replaces every number by that of {@code checkpoint}; nothing changes when it does not fit.
     *
     * @throws RlhfException USER naming the file when it is damaged, or lacks a weight or its shape; RESOURCE when it cannot be read to its
     *     end, and then the numbers are of no use
     */
    public void load(Checkpoint checkpoint, Seed headSeed) {
        Map<String, String> stored = WeightNames.in(checkpoint, layout);
        try {
            eachWeight((weight, numbers) -> {
                String name = stored.get(weight.name());
                if (name == null) {
                    drawHead(weight, numbers, headSeed);
                } else {
                    checkpoint.read(name, numbers);
                }
            });
        } catch (RlhfException halfway) {
            throw RlhfException.resource(
                    "only a part of the weights of " + checkpoint.place() + " could be read: " + halfway.getMessage(),
                    halfway);
        }
    }

    private void requireFinite(Path place) {
        eachWeight((weight, numbers) -> {
            for (long first = 0; first < weight.size(); first += Numbers.MOST) {
                ByteBuffer window = numbers.window(first, (int) Math.min(Numbers.MOST, weight.size() - first));
                while (window.hasRemaining()) {
                    if (!Float.isFinite(window.getFloat())) {
                        throw RlhfException.user(place + ": numbers of " + weight.name()
                                + " are not finite, so nothing can be computed with them; write the weights again");
                    }
                }
            }
        });
    }

    private static void drawHead(Weight weight, Numbers into, Seed seed) {
        RandomGenerator random = seed.derive(weight.name()).random();
        double deviation = 1.0 / Math.sqrt(weight.size() + 1.0);
        for (long first = 0; first < weight.size(); first += Numbers.MOST) {
            int count = (int) Math.min(Numbers.MOST, weight.size() - first);
            ByteBuffer window = into.window(first, count);
            while (window.hasRemaining()) {
                window.putFloat((float) (deviation * random.nextGaussian()));
            }
            into.filled(first, count);
        }
    }

    /** Writes every weight once, by its Hugging Face name, into one file. */
    public void write(Path file, NumberFormat format) {
        SafetensorsWriter.write(file, format, tensors(false));
    }

    /**
     * Writes the weights of a model directory by their Hugging Face names, the embedding also as the output head where {@code both}.
     *
     * @param directory a directory that is there
     */
    public void write(Path directory, NumberFormat format, Shards shards, boolean both) {
        shards.write(directory, format, tensors(both));
    }

    private Map<String, SafetensorsWriter.Tensor> tensors(boolean both) {
        Map<String, SafetensorsWriter.Tensor> tensors = new LinkedHashMap<>();
        eachWeight((weight, numbers) -> {
            SafetensorsWriter.Tensor tensor = new SafetensorsWriter.Tensor(weight.shape(), numbers);
            tensors.put(weight.name(), tensor);
            if (both && weight.name().equals(layout.embedding())) {
                tensors.put(layout.words(), tensor);
            }
        });
        return tensors;
    }

    /** Does something with a weight and its numbers. */
    private interface Visit {
        void see(Weight weight, Numbers numbers);
    }

    private void eachWeight(Visit visit) {
        for (int i = 0; i < flat.size(); i++) {
            NDArray layer = flat.get(i);
            for (Weight weight : layout.layers().get(i).weights()) {
                visit.see(
                        weight,
                        copied.map(kept -> kept.numbers(layer, weight.offset()))
                                .orElse((first, count) -> window(layer, weight.offset() + first, count)));
            }
        }
    }

    /** A window onto native memory, which lives as long as the layer. */
    private static ByteBuffer window(NDArray layer, long first, int count) {
        try (NDArray run = layer.get(new NDIndex("{}:{}", first, first + count))) {
            ByteBuffer window = run.toByteBuffer(true);
            if (!window.isDirect()) {
                throw RlhfException.bug("a window onto a layer is a copy");
            }
            return window.order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    /** In which numbers they are kept. */
    public Precision precision() {
        return precision;
    }

    /** What computes with them. */
    public Backend backend() {
        return backend;
    }

    /** The leaves in the order {@link WeightLayout} tells; where they are bfloat16 only TorchScript may look at them. */
    public NDList leaves() {
        return leaves;
    }

    /** The flat layers; where they are bfloat16 only TorchScript may look at them. */
    public NDList flat() {
        return flat;
    }

    /** Where each weight lies. */
    public WeightLayout layout() {
        return layout;
    }

    @Override
    public void close() {
        copied.ifPresent(CopiedNumbers::close);
        scope.close();
    }
}
