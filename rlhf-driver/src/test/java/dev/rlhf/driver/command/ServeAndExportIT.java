package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** init → serve → run → export → serve, as a user would do it. */
class ServeAndExportIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern ADDRESS = Pattern.compile("at (http://127\\.0\\.0\\.1:\\d+)");
    private static final String GREEDY =
            "{\"model\": \"policy\", \"prompt\": \"cat>\", \"max_tokens\": 8, \"temperature\": 0, \"return_token_ids\": true}";

    @TempDir
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void aModelMadeOnTheSpotIsServed() throws Exception {
        Path spec = new SmallRecipe(folder).with(SmallRecipe.SFT);
        Path model = folder.resolve("model");
        assertThat(Invocation.of("init", spec.toString(), "--to", model.toString())
                        .assertDone()
                        .out())
                .isEqualTo(model + System.lineSeparator());

        try (RlhfProcess server = serve(model)) {
            String address = address(server);
            assertThat(get(address + "/health").statusCode()).isEqualTo(200);
            assertThat(get(address + "/v1/models").body()).contains("\"policy\"");
            HttpResponse<String> answer = post(address + "/v1/completions", GREEDY);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            JsonNode choice = JSON.readTree(answer.body()).path("choices").path(0);
            assertThat(choice.path("token_ids").size()).isBetween(1, 8);
            assertThat(choice.path("finish_reason").asText()).isIn("stop", "length");
            HttpResponse<String> refused = post(address + "/v1/completions", GREEDY.replace("cat>", "a".repeat(40)));
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(JSON.readTree(refused.body())
                            .path("error")
                            .path("message")
                            .asText())
                    .contains("32");
            server.interrupt();
            assertThat(server.exitCode()).as("ended by SIGTERM").isEqualTo(143);
            assertThat(server.printed()).doesNotContain("Exception");
        }
    }

    @Test
    void anExportIsAWholeModelAgain() throws Exception {
        SmallRecipe recipe = new SmallRecipe(folder);
        recipe.with(SmallRecipe.SFT_THEN_GRPO);
        recipe.run().assertDone();
        Path export = folder.resolve("export");

        Invocation.of("export", recipe.out().toString(), "--to", export.toString())
                .assertDone();

        assertThat(export).isDirectoryNotContaining("glob:**/manifest.json");
        for (String name :
                new String[] {"config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"}) {
            assertThat(export.resolve(name))
                    .hasSameBinaryContentAs(recipe.out().resolve("model").resolve(name));
        }
        assertWholeSafetensors(export.resolve("model.safetensors"));
        JsonNode config = JSON.readTree(export.resolve("config.json").toFile());
        assertThat(config.path("architectures").path(0).asText()).isEqualTo("LlamaForCausalLM");
        assertThat(config.path("model_type").asText()).isEqualTo("llama");
        assertThat(greedy(export)).isEqualTo(greedy(recipe.out().resolve("stages/grpo")));

        recipe.text("name: again\nmodel: {kind: directory, path: export}\n" + SmallRecipe.SFT);
        Invocation.of(
                        "run",
                        folder.resolve("small.yaml").toString(),
                        "--out",
                        folder.resolve("again").toString())
                .assertDone();
    }

    @Test
    void theModelOfAnEarlierStageIsExportedByName() throws Exception {
        SmallRecipe recipe = new SmallRecipe(folder);
        recipe.with(SmallRecipe.SFT_THEN_GRPO);
        recipe.run().assertDone();
        Path export = folder.resolve("export");

        Invocation.of("export", recipe.out().toString(), "--stage", "sft", "--to", export.toString())
                .assertDone();

        assertThat(export.resolve("model.safetensors"))
                .hasSameBinaryContentAs(recipe.out().resolve("stages/sft/model.safetensors"));
    }

    private String greedy(Path model) throws Exception {
        try (RlhfProcess server = serve(model)) {
            HttpResponse<String> answer = post(address(server) + "/v1/completions", GREEDY);
            return JSON.readTree(answer.body())
                    .path("choices")
                    .path(0)
                    .path("token_ids")
                    .toString();
        }
    }

    private RlhfProcess serve(Path model) {
        return RlhfProcess.start(
                folder.resolve(model.getFileName() + ".txt"), "serve", model.toString(), "--port", "0");
    }

    private static String address(RlhfProcess server) {
        server.await(
                "the server says where it is",
                () -> ADDRESS.matcher(server.printed()).find());
        Matcher address = ADDRESS.matcher(server.printed());
        assertThat(address.find()).isTrue();
        return address.group(1);
    }

    /** The header says where each tensor lies; together they fill the file. */
    private static void assertWholeSafetensors(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        JsonNode tensors = JSON.readTree(bytes, Long.BYTES, (int) header);
        long end = 0;
        for (JsonNode tensor : tensors) {
            end = Math.max(end, tensor.path("data_offsets").path(1).asLong());
        }
        assertThat(Long.BYTES + header + end).isEqualTo(bytes.length);
    }

    private HttpResponse<String> get(String address) throws Exception {
        return http.send(request(address).GET().build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String address, String body) throws Exception {
        return http.send(
                request(address)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String address) {
        return HttpRequest.newBuilder(URI.create(address)).timeout(Duration.ofMinutes(1));
    }
}
