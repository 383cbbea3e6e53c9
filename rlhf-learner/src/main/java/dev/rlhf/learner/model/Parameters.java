package dev.rlhf.learner.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.files.Safetensors;
import dev.rlhf.learner.model.WeightLayout.FlatLayer;
import dev.rlhf.learner.model.WeightLayout.Leaf;
import dev.rlhf.learner.model.WeightLayout.Weight;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * One number for each weight of a network, in native memory: the weights themselves, or a moment of the optimiser.
 *
 * <p>Storage is flat per layer; {@link #leaves()} are views of it, so what is written to one is seen by the other.
 */
public final class Parameters implements AutoCloseable {
    /** Name of the weights' file in a model directory. */
    public static final String FILE = "model.safetensors";

    private final WeightLayout layout;
    private final NDManager scope;
    private final NDList flat;
    private final NDList leaves;

    private Parameters(WeightLayout layout, NDManager scope, NDList flat, NDList leaves) {
        this.layout = layout;
        this.scope = scope;
        this.flat = flat;
        this.leaves = leaves;
    }

    /**
     * Zeros for every weight of {@code layout}.
     *
     * @throws RlhfException USER when a layer needs 2 GiB or more
     */
    public static Parameters zeros(WeightLayout layout) {
        NDManager scope = NativeScope.open();
        NDList flat = new NDList();
        NDList leaves = new NDList();
        for (FlatLayer layer : layout.layers()) {
            if (layer.size() > Integer.MAX_VALUE / Float.BYTES) {
                scope.close();
                throw RlhfException.user(layer.name() + " needs 2 GiB or more, which is not supported");
            }
            NDArray numbers = scope.zeros(new Shape(layer.size()));
            flat.add(numbers);
            for (Leaf leaf : layer.leaves()) {
                NDArray run = numbers.get(new NDIndex("{}:{}", leaf.offset(), leaf.offset() + leaf.size()));
                leaves.add(run.reshape(leaf.shape()));
                run.close();
            }
        }
        return new Parameters(layout, scope, flat, leaves);
    }

    /** The weights of a model directory; a missing one-output head is drawn from N(0, 1/(hidden+1)). */
    public static Parameters open(WeightLayout layout, Path modelDirectory, Seed headSeed) {
        Parameters parameters = zeros(layout);
        try {
            parameters.load(modelDirectory.resolve(FILE), headSeed);
            return parameters;
        } catch (RlhfException e) {
            parameters.close();
            throw e;
        }
    }

    /**
     * Replaces every number by that of {@code file}; nothing changes when the file does not fit.
     *
     * @throws RlhfException USER naming the file when it is missing, damaged, or lacks a weight or its shape
     */
    public void load(Path file, Seed headSeed) {
        Safetensors tensors = Safetensors.open(file);
        for (Weight weight : layout.weights()) {
            boolean newHead =
                    weight.name().equals(WeightLayout.SCORE) && !tensors.names().contains(weight.name());
            if (!newHead && !Arrays.equals(tensors.shape(weight.name()), weight.shape())) {
                throw RlhfException.user(file + ": " + weight.name() + " has shape "
                        + Arrays.toString(tensors.shape(weight.name())) + ", the configuration wants "
                        + Arrays.toString(weight.shape()));
            }
        }
        List<ByteBuffer> numbers = new ArrayList<>();
        for (Weight weight : layout.weights()) {
            numbers.add(tensors.names().contains(weight.name()) ? tensors.read(weight.name()) : head(weight, headSeed));
        }
        int next = 0;
        for (ByteBuffer target : buffers().values()) {
            target.put(numbers.get(next++));
        }
    }

    private static ByteBuffer head(Weight weight, Seed seed) {
        RandomGenerator random = seed.derive(weight.name()).random();
        double deviation = 1.0 / Math.sqrt(weight.size() + 1.0);
        ByteBuffer numbers =
                ByteBuffer.allocate((int) weight.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (numbers.hasRemaining()) {
            numbers.putFloat((float) (deviation * random.nextGaussian()));
        }
        return numbers.flip();
    }

    /** Writes every weight by its Hugging Face name. */
    public void write(Path file) {
        Map<String, ByteBuffer> buffers = buffers();
        Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        for (Weight weight : layout.weights()) {
            ByteBuffer data = buffers.get(weight.name());
            if (data == null) {
                throw RlhfException.bug("no numbers for " + weight.name());
            }
            tensors.put(weight.name(), new Safetensors.Tensor(weight.shape(), data));
        }
        Safetensors.write(file, tensors);
    }

    /** Windows onto the native memory of each weight by name, little-endian; writing to one changes the weight. */
    public Map<String, ByteBuffer> buffers() {
        Map<String, ByteBuffer> buffers = new LinkedHashMap<>();
        for (int i = 0; i < flat.size(); i++) {
            ByteBuffer numbers = flat.get(i).toByteBuffer(true);
            for (Weight weight : layout.layers().get(i).weights()) {
                buffers.put(
                        weight.name(),
                        numbers.slice((int) weight.offset() * Float.BYTES, (int) weight.size() * Float.BYTES)
                                .order(ByteOrder.LITTLE_ENDIAN));
            }
        }
        return buffers;
    }

    /** The leaves in the order {@link WeightLayout} tells. */
    public NDList leaves() {
        return leaves;
    }

    /** The flat layers. */
    public NDList flat() {
        return flat;
    }

    /** Where each weight lies. */
    public WeightLayout layout() {
        return layout;
    }

    @Override
    public void close() {
        scope.close();
    }
}
