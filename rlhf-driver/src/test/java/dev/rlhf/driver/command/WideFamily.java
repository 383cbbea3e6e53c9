package dev.rlhf.driver.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.update.Head;
import dev.rlhf.learner.block.Role;
import dev.rlhf.learner.files.JsonFile;
import dev.rlhf.learner.files.NumberFormat;
import dev.rlhf.learner.files.Numbers;
import dev.rlhf.learner.files.SafetensorsWriter;
import dev.rlhf.learner.files.SafetensorsWriter.Tensor;
import dev.rlhf.learner.files.TokenizerFiles;
import dev.rlhf.learner.model.ModelConfig;
import dev.rlhf.learner.model.WeightLayout;
import dev.rlhf.learner.model.WeightLayout.Weight;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The models of the golden vectors with heads of {@value #HEAD}, the least size that vLLM has kernels for, and weights that a mistake in any
 * of them shows.
 */
final class WideFamily {
    /** Tokens whose ids a prompt may have. */
    static final int VOCABULARY = 37;

    private static final int HEAD = 32;
    private static final int INNER = 64;
    private static final Path GOLDEN = RlhfProcess.HOME.resolve("rlhf-learner/src/test/resources/golden/families");

    private WideFamily() {}

    /** Names of the models: those that have language-model heads. */
    static List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(GOLDEN)) {
            return all.map(one -> one.getFileName().toString())
                    .filter(name -> !name.endsWith("_reward"))
                    .sorted()
                    .toList();
        }
    }

    /** Writes a model directory. */
    static void write(String name, Path directory) {
        TokenizerFiles.characters("abcdefghijklmnopqrstuvwxyz>", directory);
        ObjectNode json =
                JsonFile.read(GOLDEN.resolve(name).resolve(ModelConfig.FILE)).deepCopy();
        widen(json);
        JsonFile.write(directory.resolve(ModelConfig.FILE), json);
        ModelConfig config = ModelConfig.read(directory);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        List<Weight> weights = WeightLayout.of(config, Head.LANGUAGE_MODEL).weights();
        for (Weight weight : weights) {
            tensors.put(weight.name(), new Tensor(weight.shape(), drawn(weight, weight.equals(weights.get(0)))));
        }
        SafetensorsWriter.write(directory.resolve("model.safetensors"), NumberFormat.F32, tensors);
    }

    private static void widen(ObjectNode json) {
        boolean old = json.has("n_head");
        int heads = json.path(old ? "n_head" : "num_attention_heads").asInt();
        json.put(old ? "n_embd" : "hidden_size", heads * HEAD);
        json.put(old ? "n_inner" : "intermediate_size", INNER);
        if (json.has("head_dim")) {
            json.put("head_dim", HEAD);
        }
        if (json.path("rope_parameters") instanceof ObjectNode rope && rope.has("short_factor")) {
            int pairs = (int) (HEAD * rope.path("partial_rotary_factor").asDouble(1) / 2);
            for (String key : List.of("short_factor", "long_factor")) {
                rope.set(key, stretched((ArrayNode) rope.path(key), pairs));
            }
        }
    }

    private static ArrayNode stretched(ArrayNode factors, int count) {
        ArrayNode longer = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < count; i++) {
            longer.add(factors.get(i * factors.size() / count));
        }
        return longer;
    }

    /** The first weight is the embedding: smaller, or a tied head would have each token follow itself. */
    private static Numbers drawn(Weight weight, boolean first) {
        RandomGenerator random = new Seed(7).derive(weight.name()).random();
        double deviation = first ? 0.03 : weight.shape().length > 1 ? 0.2 : 0.25;
        double mean = weight.role() == Role.NORM ? 1 : 0;
        return (from, count) -> {
            ByteBuffer numbers = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < count; i++) {
                numbers.putFloat((float) (mean + deviation * random.nextGaussian()));
            }
            return numbers.flip();
        };
    }
}
