package dev.rlhf.rollout;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.Deadline;
import dev.rlhf.core.base.RlhfException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;

/** The HTTP API of one generation server; every call is safe to repeat. */
final class VllmClient {
    private static final MediaType JSON_TYPE = MediaType.get("application/json");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Function<JsonNode, JsonNode> WHOLE = Function.identity();

    private final HttpCalls calls;
    private final String modelName;
    private final Outage outage;

    /** A client of one server over shared connections; throws USER for an address that is none. */
    VllmClient(OkHttpClient http, URI endpoint, ServerSettings settings) {
        this.calls = new HttpCalls(http, new VllmService(), endpoint, settings.apiKey());
        this.modelName = settings.modelName();
        this.outage = new Outage(calls.toString());
    }

    /**
     * A server of the model's name.
     *
     * @param positions most tokens of a sequence, {@code max_model_len}; empty where it does not say
     */
    record Model(Optional<Integer> positions) {}

    /** Repeats what passing faults of this server end, until {@code deadline}. */
    Repetition repetition(String what, Deadline deadline) {
        return new Repetition(this + ", " + what, outage, deadline);
    }

    /**
     * Sends a body for {@code /v1/completions}, again after a passing fault; the model's name is added.
     *
     * @param reader makes of the answer what is asked for; when it throws TRANSIENT, the request is sent again
     */
    <T> CompletableFuture<T> complete(ObjectNode body, Deadline deadline, Function<JsonNode, T> reader) {
        body.put("model", modelName);
        return repetition("POST /v1/completions", deadline)
                .ofLater(() -> calls.send(post("v1/completions", body), deadline, reader));
    }

    /** Sends a body for {@code /v1/completions} once and waits for the answer; the model's name is added. */
    JsonNode completeOnce(ObjectNode body, Deadline deadline) {
        return calls.ask(post("v1/completions", body.put("model", modelName)), deadline, WHOLE);
    }

    /** Log-probs at temperature 1 of each token of {@code tokens} [L] but the first, [L−1]. */
    float[] logProbs(int[] tokens, Deadline deadline) {
        ObjectNode body = Sampling.plain(tokens)
                .put("model", modelName)
                .put("max_tokens", 1)
                .put("temperature", 0)
                .put("prompt_logprobs", 0);
        return calls.ask(post("v1/completions", body), deadline, answer -> promptLogProbs(answer, tokens));
    }

    private float[] promptLogProbs(JsonNode answer, int[] tokens) {
        JsonNode found = answer.path("choices").path(0).path("prompt_logprobs");
        if (found.size() != tokens.length) {
            throw RlhfException.resource(
                    this + " was asked for prompt_logprobs of " + tokens.length + " tokens and gave " + found.size()
                            + "; it needs vLLM 0.10 or newer",
                    null);
        }
        float[] logProbs = new float[tokens.length - 1];
        for (int t = 1; t < tokens.length; t++) {
            JsonNode one = found.get(t).path(String.valueOf(tokens[t])).path("logprob");
            if (!one.isNumber()) {
                throw RlhfException.resource(this + " gave no log-prob of token " + tokens[t] + " in a prompt", null);
            }
            logProbs[t - 1] = one.floatValue();
        }
        return logProbs;
    }

    /** Holds back new work; what is running stays where it is. */
    void pause(Deadline deadline) {
        HttpUrl keep = calls.url("pause")
                .newBuilder()
                .addQueryParameter("mode", "keep")
                .build();
        calls.ask(request("pause").url(keep).post(nothing()), deadline, WHOLE);
    }

    /** Whether it is paused, which a server that was started anew never is. */
    boolean isPaused(Deadline deadline) {
        return calls.ask(
                request("is_paused").get(),
                deadline,
                answer -> answer.path("is_paused").asBoolean());
    }

    /** Goes on after a pause. */
    void resume(Deadline deadline) {
        calls.ask(request("resume").post(nothing()), deadline, WHOLE);
    }

    /** Loads the weights of a model directory that the server can read. */
    void reloadWeights(Path modelDirectory, Deadline deadline) {
        ObjectNode body = JSON.createObjectNode().put("method", "reload_weights");
        body.putObject("kwargs").put("weights_path", modelDirectory.toString());
        calls.ask(post("collective_rpc", body), deadline, WHOLE);
    }

    /** Forgets what was computed with former weights. */
    void resetPrefixCache(Deadline deadline) {
        calls.ask(request("reset_prefix_cache").post(nothing()), deadline, WHOLE);
    }

    /** Labels the weights the server now has. */
    void label(String label, Deadline deadline) {
        ObjectNode body = JSON.createObjectNode().put("new_version", label);
        calls.ask(post("update_weight_version", body), deadline, WHOLE);
    }

    /** The label the server's weights have; it is lost with the process. */
    String label(Deadline deadline) {
        return calls.ask(
                request("weight_info").get(),
                deadline,
                answer -> answer.path("weight_version").asText(""));
    }

    /** Returns when the server has said that it is healthy. */
    void health(Deadline deadline) {
        calls.ask(request("health").get(), deadline, WHOLE);
    }

    /** The model of the asked-for name; throws USER naming those that are there. */
    Model model(Deadline deadline) {
        return calls.ask(request("v1/models").get(), deadline, answer -> {
            StringBuilder names = new StringBuilder();
            for (JsonNode model : answer.path("data")) {
                if (model.path("id").asText().equals(modelName)) {
                    JsonNode positions = model.path("max_model_len");
                    return new Model(positions.isInt() ? Optional.of(positions.asInt()) : Optional.empty());
                }
                names.append(names.isEmpty() ? "" : ", ")
                        .append(model.path("id").asText());
            }
            throw RlhfException.user(this + " serves no model '" + modelName + "', but " + names
                    + "; set generation.model-name, or start it with --served-model-name " + modelName);
        });
    }

    /** Its address, e.g. {@code http://10.0.0.7:8000}. */
    String address() {
        return calls.url().toString().replaceFirst("/$", "");
    }

    /** Requests that failed so far and were sent again. */
    long retries() {
        return outage.retries();
    }

    @Override
    public String toString() {
        return calls.toString();
    }

    private Request.Builder post(String path, ObjectNode body) {
        return request(path).post(RequestBody.create(body.toString(), JSON_TYPE));
    }

    private static RequestBody nothing() {
        return RequestBody.create(new byte[0]);
    }

    private Request.Builder request(String path) {
        return new Request.Builder().url(calls.url(path));
    }
}
