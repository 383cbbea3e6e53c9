package dev.rlhf.driver.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.core.rollout.GenerationHost;
import dev.rlhf.core.rollout.GenerationSettings;
import dev.rlhf.core.rollout.ServerAccess;
import dev.rlhf.testing.vllm.LocalVllm;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What was written after some prompts, the likeliest token after each other.
 *
 * @param tokens token ids by prompt
 * @param logProbs theirs
 * @param refused why nothing was written, else empty
 */
record Greedy(List<List<Integer>> tokens, List<List<Double>> logProbs, String refused) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MARK = "GREEDY ";

    /** By the embedded server. */
    static Greedy ofOurs(Path model, List<List<Integer>> prompts, int count) throws IOException, InterruptedException {
        try (GenerationHost.Running server = GenerationHost.find()
                .start(new GenerationSettings(model, "127.0.0.1", 0, "policy", 16, 1, null), ServerAccess.OPEN)) {
            String body = "{\"model\":\"policy\",\"prompt\":" + JSON.writeValueAsString(prompts) + ",\"max_tokens\":"
                    + count + ",\"temperature\":0,\"logprobs\":0,\"return_token_ids\":true,\"ignore_eos\":true}";
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(server.endpoint().resolve("/v1/completions"))
                                    .version(HttpClient.Version.HTTP_1_1)
                                    .POST(HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            List<List<Integer>> tokens = new ArrayList<>();
            List<List<Double>> logProbs = new ArrayList<>();
            for (JsonNode choice : JSON.readTree(answer.body()).path("choices")) {
                tokens.add(stream(choice.path("token_ids")).map(JsonNode::asInt).toList());
                logProbs.add(stream(choice.at("/logprobs/token_logprobs"))
                        .map(JsonNode::asDouble)
                        .toList());
            }
            return new Greedy(tokens, logProbs, tokens.isEmpty() ? answer.body() : "");
        }
    }

    /** By transformers and by vLLM, of each model: keys are {@code transformers DIRECTORY} and {@code vllm DIRECTORY}. */
    static Map<String, Greedy> ofOthers(List<Path> models, List<List<Integer>> prompts, int count, Path folder)
            throws IOException, InterruptedException {
        Path asked = Files.writeString(folder.resolve("prompts.json"), JSON.writeValueAsString(prompts));
        Path log = folder.resolve("greedy.log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(LocalVllm.requireEnvironment(), "bin", "python").toString(),
                RlhfProcess.HOME.resolve("tools/vllm/greedy.py").toString(),
                asked.toString(),
                String.valueOf(count)));
        models.forEach(model -> command.add(model.toString()));
        Process python = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!python.waitFor(30, TimeUnit.MINUTES) || python.exitValue() != 0) {
                throw new AssertionError("greedy.py did not end well:\n" + Files.readString(log));
            }
        } finally {
            python.descendants().forEach(ProcessHandle::destroyForcibly);
            python.destroyForcibly();
        }
        Map<String, Greedy> found = new LinkedHashMap<>();
        for (String line : Files.readAllLines(log)) {
            if (line.startsWith(MARK)) {
                JsonNode said = JSON.readTree(line.substring(MARK.length()));
                found.put(said.path("by").asText() + " " + said.path("model").asText(), of(said));
            }
        }
        return found;
    }

    private static Greedy of(JsonNode said) {
        return new Greedy(
                stream(said.path("tokens"))
                        .map(row -> stream(row).map(JsonNode::asInt).toList())
                        .toList(),
                stream(said.path("log_probs"))
                        .map(row -> stream(row).map(JsonNode::asDouble).toList())
                        .toList(),
                said.path("refused").asText());
    }

    private static Stream<JsonNode> stream(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    /** The largest difference between log-probs of the same tokens, in nats. */
    double gap(Greedy other) {
        double largest = 0;
        for (int i = 0; i < logProbs.size(); i++) {
            for (int j = 0; j < logProbs.get(i).size(); j++) {
                largest = Math.max(
                        largest,
                        Math.abs(logProbs.get(i).get(j) - other.logProbs.get(i).get(j)));
            }
        }
        return largest;
    }
}
