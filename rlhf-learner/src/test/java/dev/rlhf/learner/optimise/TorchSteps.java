package dev.rlhf.learner.optimise;

import dev.rlhf.learner.block.Role;
import dev.rlhf.learner.files.TensorFile;
import dev.rlhf.learner.files.TensorFile.Raw;
import dev.rlhf.learner.model.WeightLayout;
import dev.rlhf.learner.model.WeightLayout.FlatLayer;
import dev.rlhf.learner.model.WeightLayout.Leaf;
import dev.rlhf.learner.model.WeightLayout.Weight;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What torch's AdamW made of some weights, step by step; made by tools/golden/adamw.py.
 *
 * @param tensors gradients and norms of the steps, weights before and after, by name
 * @param layout where the weights lie
 */
record TorchSteps(Map<String, Raw> tensors, WeightLayout layout) {
    static TorchSteps read() {
        Map<String, Raw> tensors;
        try {
            tensors = TensorFile.read(
                    Path.of(Objects.requireNonNull(TorchSteps.class.getResource("/golden/adamw.safetensors"))
                            .toURI()));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        String before = "float32.before.";
        List<Weight> weights = new ArrayList<>();
        List<Leaf> leaves = new ArrayList<>();
        long offset = 0;
        for (Map.Entry<String, Raw> tensor : tensors.entrySet()) {
            if (tensor.getKey().startsWith(before)) {
                long[] shape = tensor.getValue().shape();
                Role role = shape.length == 1 ? Role.NORM : Role.MATRIX;
                weights.add(new Weight(tensor.getKey().substring(before.length()), role, shape, offset));
                leaves.add(new Leaf(role, shape, offset));
                offset += Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            }
        }
        List<FlatLayer> layers = List.of(new FlatLayer("all", weights, leaves));
        return new TorchSteps(tensors, new WeightLayout(layers, false, 0, "lm_head.weight"));
    }

    /** Tensors whose names begin so, without that. */
    Map<String, Raw> of(String prefix) {
        Map<String, Raw> found = new LinkedHashMap<>();
        tensors.forEach((name, raw) -> {
            if (name.startsWith(prefix)) {
                found.put(name.substring(prefix.length()), raw);
            }
        });
        return found;
    }

    /** The numbers of a float32 tensor. */
    FloatBuffer buffer(String name) {
        return ByteBuffer.wrap(bytes(tensors, name))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
    }

    static byte[] bytes(Map<String, Raw> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name)).bytes();
    }

    static float[] numbers(Map<String, Raw> tensors, String name) {
        Raw raw = Objects.requireNonNull(tensors.get(name));
        ByteBuffer bytes = ByteBuffer.wrap(raw.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        float[] numbers = new float[bytes.capacity() / (raw.type().equals("BF16") ? Short.BYTES : Float.BYTES)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = raw.type().equals("BF16")
                    ? Float.intBitsToFloat(bytes.getShort(i * Short.BYTES) << 16)
                    : bytes.getFloat(i * Float.BYTES);
        }
        return numbers;
    }
}
