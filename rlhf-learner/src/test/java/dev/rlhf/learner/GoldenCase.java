package dev.rlhf.learner;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Device;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.core.update.Precision;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.learner.files.JsonFile;
import dev.rlhf.learner.files.Safetensors;
import dev.rlhf.learner.model.WeightLayout.FlatLayer;
import dev.rlhf.learner.model.WeightLayout.Weight;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** A model directory with what transformers said of it; made by transformers_llama.py and transformers_families.py of tools/golden. */
record GoldenCase(Path directory, JsonNode json, Safetensors expected) {
    /** Plain settings of the optimiser for tests that do not look at it. */
    static final OptimiserSettings OPTIMISER =
            new OptimiserSettings(1e-2, OptimiserSettings.Schedule.CONSTANT, 0, 1, 0.9, 0.95, 1e-8, 0.1, 0.5);

    static GoldenCase of(String name) {
        try {
            URL url = Objects.requireNonNull(GoldenCase.class.getResource("/golden/" + name));
            Path directory = Path.of(url.toURI());
            return new GoldenCase(
                    directory,
                    JsonFile.read(directory.resolve("case.json")),
                    Safetensors.open(directory.resolve("expected.safetensors")));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    NetworkSettings settings(Head head, int microBatchTokens) {
        return settings(head, microBatchTokens, 1);
    }

    NetworkSettings settings(Head head, int microBatchTokens, int threads) {
        return new NetworkSettings(directory.toString(), head, microBatchTokens, threads, new Seed(1));
    }

    /** The same, with layers computed once more on the way back. */
    NetworkSettings recomputing(Head head, int microBatchTokens, int threads) {
        return new NetworkSettings(
                directory.toString(),
                head,
                microBatchTokens,
                threads,
                new Seed(1),
                false,
                true,
                false,
                Precision.FLOAT32,
                Device.CPU,
                null);
    }

    /** The same in bfloat16. */
    NetworkSettings rounded(Head head, int microBatchTokens, boolean recompute) {
        return new NetworkSettings(
                directory.toString(),
                head,
                microBatchTokens,
                1,
                new Seed(1),
                false,
                recompute,
                false,
                Precision.BFLOAT16,
                Device.CPU,
                null);
    }

    List<TokenSequence> rows() {
        List<TokenSequence> rows = new ArrayList<>();
        for (JsonNode row : json.path("rows")) {
            int[] tokens = new int[row.path("tokens").size()];
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = row.path("tokens").get(i).asInt();
            }
            rows.add(new TokenSequence(tokens, row.path("prompt").asInt()));
        }
        return rows;
    }

    TrainingBatch batch(double temperature) {
        return new TrainingBatch(rows().stream().map(Experience::of).toList(), temperature, 1);
    }

    float[][] ragged(String key) {
        float[][] rows = new float[json.path(key).size()][];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = new float[json.path(key).get(row).size()];
            for (int t = 0; t < rows[row].length; t++) {
                rows[row][t] = (float) json.path(key).get(row).get(t).asDouble();
            }
        }
        return rows;
    }

    float[] numbers(String name) {
        return numbers(expected, name);
    }

    static float[] numbers(Safetensors tensors, String name) {
        int size = (int) Arrays.stream(tensors.shape(name)).reduce(1, (a, b) -> a * b);
        ByteBuffer buffer = ByteBuffer.allocate(size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        tensors.read(
                name,
                (first, count) -> buffer.slice((int) first * Float.BYTES, count * Float.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN));
        float[] numbers = new float[size];
        buffer.asFloatBuffer().get(numbers);
        return numbers;
    }

    /** The gradients of a learner's leaves by the Hugging Face name of each weight. */
    static Map<String, float[]> byName(DjlLearner learner) {
        Map<String, float[]> byName = new LinkedHashMap<>();
        int next = 0;
        for (FlatLayer layer : learner.decoder().parameters().layout().layers()) {
            float[] flat = new float[(int) layer.size()];
            int filled = 0;
            for (int i = 0; i < layer.leaves().size(); i++) {
                float[] leaf = learner.gradient().leaves().get(next++).toFloatArray();
                System.arraycopy(leaf, 0, flat, filled, leaf.length);
                filled += leaf.length;
            }
            for (Weight weight : layer.weights()) {
                float[] numbers = new float[(int) weight.size()];
                System.arraycopy(flat, (int) weight.offset(), numbers, 0, numbers.length);
                byName.put(weight.name(), numbers);
            }
        }
        return byName;
    }

    /** Asserts that two arrays differ by at most {@code tolerance} of the larger one's norm. */
    static void assertClose(String what, float[] found, float[] wanted, double tolerance) {
        assertThat(found).as(what).hasSameSizeAs(wanted);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < wanted.length; i++) {
            difference += Math.pow((double) found[i] - wanted[i], 2);
            norm += Math.pow(wanted[i], 2);
        }
        assertThat(Math.sqrt(difference)).as(what).isLessThanOrEqualTo(tolerance * Math.sqrt(norm) + 1e-12);
    }

    /** Names of the expected tensors that begin so, without that. */
    Set<String> names(String prefix) {
        return expected.names().stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()))
                .collect(Collectors.toSet());
    }

    static float[] flat(float[][] rows) {
        int size = 0;
        for (float[] row : rows) {
            size += row.length;
        }
        float[] flat = new float[size];
        int next = 0;
        for (float[] row : rows) {
            System.arraycopy(row, 0, flat, next, row.length);
            next += row.length;
        }
        return flat;
    }
}
