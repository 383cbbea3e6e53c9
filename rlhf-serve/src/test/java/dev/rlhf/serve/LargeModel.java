package dev.rlhf.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.rollout.GenerationSettings;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.learner.DjlNetwork;
import dev.rlhf.learner.block.Role;
import dev.rlhf.learner.block.RotaryEmbedding;
import dev.rlhf.learner.files.Checkpoint;
import dev.rlhf.learner.files.JsonFile;
import dev.rlhf.learner.files.NumberFormat;
import dev.rlhf.learner.files.Numbers;
import dev.rlhf.learner.files.SafetensorsWriter;
import dev.rlhf.learner.files.TokenizerFiles;
import dev.rlhf.learner.model.LlamaShape;
import dev.rlhf.learner.model.ModelConfig;
import dev.rlhf.learner.model.WeightLayout;
import dev.rlhf.learner.model.WeightLayout.Weight;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A Llama of 1.1 billion parameters, made on the spot, served and synced by a process with little heap. */
final class LargeModel {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final int WEIGHTS_A_FILE = 60;
    private static final String PROMPTS = "[[11,12,13],[200,31000,7,8,9],[5],[1999,2,2,31999,40,41,42]]";

    private LargeModel() {}

    static LlamaShape config() {
        return new LlamaShape(
                32_000, 2048, 22, 32, 4, 64, 5632, 2048, RotaryEmbedding.of(10_000), 1e-5, false, List.of(2));
    }

    /**
     * Makes, serves and syncs it below the folder {@code arguments[0]}; prints figures. With a second argument it writes there what an export
     * writes, and the tokens that were served.
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        long begin = System.nanoTime();
        Path first = make(config(), folder.resolve("first"), 1, NumberFormat.BF16);
        Path second = make(config(), folder.resolve("second"), 2, NumberFormat.BF16);
        say("made", begin);
        begin = System.nanoTime();
        try (GenerationServer server =
                GenerationServer.start(new GenerationSettings(first, "127.0.0.1", 0, "policy", 8, 1, null))) {
            say("opened", begin);
            begin = System.nanoTime();
            JsonNode before = served(server.endpoint());
            say("served", begin);
            begin = System.nanoTime();
            post(
                    server.endpoint(),
                    "/collective_rpc",
                    "{\"method\":\"reload_weights\",\"kwargs\":{\"weights_path\":\"" + second + "\"}}");
            say("synced", begin);
            JsonNode after = served(server.endpoint());
            if (after.equals(before) || after.size() != 4) {
                throw new AssertionError("the weights are as before: " + after);
            }
            if (arguments.length > 1) {
                Path export = Path.of(arguments[1]);
                Files.createDirectories(export);
                Files.writeString(export.resolve("served.json"), before.toString());
            }
        }
        if (arguments.length > 1) {
            begin = System.nanoTime();
            try (DjlNetwork network =
                    DjlNetwork.open(new NetworkSettings(first.toString(), Head.LANGUAGE_MODEL, 1024, 2, new Seed(1)))) {
                network.save(Path.of(arguments[1]));
            }
            say("exported", begin);
        }
    }

    /** A directory whose weights are in several files of 2-byte numbers. */
    static Path make(LlamaShape config, Path directory, int seed, NumberFormat format) throws IOException {
        Files.createDirectories(directory);
        TokenizerFiles.bytes(directory);
        JsonFile.write(directory.resolve(ModelConfig.FILE), config.toJson());
        List<Weight> weights =
                WeightLayout.of(config.config(), Head.LANGUAGE_MODEL).weights();
        ObjectNode index = JSON.createObjectNode();
        ObjectNode map = index.putObject("weight_map");
        for (int from = 0; from < weights.size(); from += WEIGHTS_A_FILE) {
            String file = "model-" + from + ".safetensors";
            Map<String, SafetensorsWriter.Tensor> part = new LinkedHashMap<>();
            for (Weight weight : weights.subList(from, Math.min(weights.size(), from + WEIGHTS_A_FILE))) {
                map.put(weight.name(), file);
                part.put(weight.name(), new SafetensorsWriter.Tensor(weight.shape(), numbers(weight, seed)));
            }
            SafetensorsWriter.write(directory.resolve(file), format, part);
        }
        JsonFile.write(directory.resolve(Checkpoint.INDEX), index);
        return directory;
    }

    /** Uniform in (−0.04, 0.04), norms of one: fast to draw. */
    private static Numbers numbers(Weight weight, int seed) {
        boolean norm = weight.role() == Role.NORM;
        float[] numbers = new float[Numbers.MOST];
        ByteBuffer window = ByteBuffer.allocate(Numbers.MOST * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return (first, count) -> {
            int state = (weight.name().hashCode() * 31 + seed) * 31 + (int) (first / Numbers.MOST);
            for (int i = 0; i < count; i++) {
                state = state * 1_664_525 + 1_013_904_223;
                numbers[i] = norm ? 1 : (state >> 8) * 0.04f * 0x1p-23f;
            }
            window.clear().limit(count * Float.BYTES);
            window.asFloatBuffer().put(numbers, 0, count);
            return window;
        };
    }

    private static JsonNode served(URI endpoint) {
        JsonNode answer = post(
                endpoint,
                "/v1/completions",
                "{\"model\":\"policy\",\"prompt\":" + PROMPTS
                        + ",\"max_tokens\":16,\"temperature\":0,\"return_token_ids\":true,\"ignore_eos\":true}");
        List<JsonNode> tokens = new ArrayList<>();
        answer.path("choices").forEach(choice -> tokens.add(choice.path("token_ids")));
        return JSON.valueToTree(tokens);
    }

    static JsonNode post(URI endpoint, String path, String body) {
        HttpResponse<String> answer = CLIENT.sendAsync(
                        HttpRequest.newBuilder(URI.create(endpoint + path))
                                .version(HttpClient.Version.HTTP_1_1)
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .join();
        try {
            if (answer.statusCode() != 200) {
                throw new AssertionError(answer.body());
            }
            return JSON.readTree(answer.body().isEmpty() ? "{}" : answer.body());
        } catch (JsonProcessingException broken) {
            throw new AssertionError(broken);
        }
    }

    /** A line of figures: seconds since {@code begin}, memory so far at most, heap in use. */
    static void say(String what, long begin) throws IOException {
        String peak = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .map(line -> line.replaceAll("\\D", ""))
                .findFirst()
                .orElse("0");
        Runtime runtime = Runtime.getRuntime();
        System.out.printf(
                "%s: %.1f s, memory at most %d MiB, heap %d of %d MiB%n",
                what,
                (System.nanoTime() - begin) / 1e9,
                Long.parseLong(peak) >> 10,
                (runtime.totalMemory() - runtime.freeMemory()) >> 20,
                runtime.maxMemory() >> 20);
    }
}
