package dev.rlhf.serve;

import static dev.rlhf.serve.ServerRequests.choices;
import static dev.rlhf.serve.ServerRequests.sampling;
import static dev.rlhf.serve.ServerRequests.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.core.rollout.GenerationSettings;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the embedded server holds, and what it refuses to hold. */
class ServerLimitsTest {

    @TempDir
    static Path directory;

    @BeforeAll
    static void make() {
        SmallModel.in(directory.resolve("first"), 1);
    }

    @Test
    void whatRanBeforeAndHowMuchRoomThereIsChangesNoBits() {
        String request = sampling("[3,4,5,6,7]", 2, 11, 20);
        JsonNode first;
        try (GenerationServer fresh = start(24, null)) {
            first = choices(send(fresh.endpoint(), "/v1/completions", request).join());
            // Longer sequences, then more of them, while others are running.
            CompletableFuture<HttpResponse<String>> longer =
                    send(fresh.endpoint(), "/v1/completions", sampling("[3,4]", 3, 1, 250));
            CompletableFuture<HttpResponse<String>> more =
                    send(fresh.endpoint(), "/v1/completions", sampling("[9]", 60, 2, 90));
            CompletableFuture<HttpResponse<String>> beside = send(fresh.endpoint(), "/v1/completions", request);
            assertThat(choices(beside.join())).isEqualTo(first);
            assertThat(choices(more.join())).hasSize(60);
            JsonNode alone = choices(alone(sampling("[3,4]", 3, 1, 250)));
            assertThat(choices(longer.join())).isEqualTo(alone);
        }
        try (GenerationServer bounded = start(5, 25)) {
            assertThat(choices(
                            send(bounded.endpoint(), "/v1/completions", request).join()))
                    .isEqualTo(first);
        }
    }

    @Test
    void aContextIsBoundAndNoLongerThanTheModels() {
        try (GenerationServer bounded = start(4, 64)) {
            HttpResponse<String> refused = send(bounded.endpoint(), "/v1/completions", sampling("[3,4,5]", 1, 1, 62))
                    .join();
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("64");
            choices(send(bounded.endpoint(), "/v1/completions", sampling("[3,4,5]", 1, 1, 61))
                    .join());
        }
        assertThatThrownBy(() -> start(4, 257)).hasMessageContainingAll("context-length", "256", "257");
    }

    @Test
    void whatDoesNotFitIntoMemoryIsRefusedAndTheRestGoesOn() {
        Path model = SmallModel.in(directory.resolve("wide"), 1, 1_000_000);
        try (GenerationServer wide =
                GenerationServer.start(new GenerationSettings(model, "127.0.0.1", 0, "policy", 8, 1, null))) {
            String prompt = "[3" + ",4".repeat(700_000) + "]";
            HttpResponse<String> refused = send(wide.endpoint(), "/v1/completions", sampling(prompt, 1, 1, 5))
                    .join();
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("700001", "GiB", "--context-length");
            choices(send(wide.endpoint(), "/v1/completions", sampling("[3]", 9, 1, 5))
                    .join());
        }
    }

    @Test
    void weightsOfAnotherModelOfTheSameShapesAreRefused() throws IOException {
        Path other = SmallModel.in(directory.resolve("other"), 2);
        Path file = other.resolve("config.json");
        Files.writeString(file, Files.readString(file).replace("10000.0", "20000.0"));
        try (GenerationServer own = start(4, null)) {
            String request = sampling("[3,4]", 1, 1, 9);
            JsonNode before =
                    choices(send(own.endpoint(), "/v1/completions", request).join());
            HttpResponse<String> refused = send(
                            own.endpoint(),
                            "/collective_rpc",
                            "{\"method\":\"reload_weights\",\"kwargs\":{\"weights_path\":\"" + other + "\"}}")
                    .join();
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
            assertThat(refused.body()).contains(other.toString(), "another model");
            assertThat(choices(send(own.endpoint(), "/v1/completions", request).join()))
                    .isEqualTo(before);
        }
    }

    @Test
    void aTokenizerWiderThanTheEmbeddingIsRefused() throws IOException {
        Path model = SmallModel.in(directory.resolve("wider"), 1);
        Path file = model.resolve("tokenizer.json");
        Files.writeString(file, Files.readString(file).replace("\"z\" : 27", "\"z\" : 77"));
        assertThatThrownBy(() ->
                        GenerationServer.start(new GenerationSettings(model, "127.0.0.1", 0, "policy", 4, 1, null)))
                .hasMessageContainingAll("tokenizer.json", "config.json", "77", "29");
    }

    private static HttpResponse<String> alone(String request) {
        try (GenerationServer own = start(4, null)) {
            return send(own.endpoint(), "/v1/completions", request).join();
        }
    }

    private static GenerationServer start(int maxBatch, @Nullable Integer contextLength) {
        return GenerationServer.start(new GenerationSettings(
                directory.resolve("first"), "127.0.0.1", 0, "policy", maxBatch, 1, contextLength));
    }
}
