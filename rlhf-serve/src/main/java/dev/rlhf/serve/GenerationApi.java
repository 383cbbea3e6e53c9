package dev.rlhf.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.learner.files.JsonMistake;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Header;
import io.javalin.http.HttpResponseException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** The routes, under vLLM's names. */
final class GenerationApi {
    private static final long DEADLINE_SECONDS = 3600;
    private static final Duration LONGEST_BODY = Duration.ofMinutes(1);
    private static final int UNAVAILABLE = 503;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final DecodeEngine engine;
    private final ServerMetrics metrics;
    private final CompletionReader reader;
    private final CompletionWriter writer;
    private final ServedModel model;
    private final Admissions admissions;
    private final Executor writers;
    private final AtomicReference<String> weightVersion = new AtomicReference<>("default");

    GenerationApi(
            DecodeEngine engine,
            ServerMetrics metrics,
            CompletionReader reader,
            CompletionWriter writer,
            ServedModel model,
            Admissions admissions,
            Executor writers) {
        this.engine = engine;
        this.metrics = metrics;
        this.reader = reader;
        this.writer = writer;
        this.model = model;
        this.admissions = admissions;
        this.writers = writers;
    }

    void register(RoutesConfig routes) {
        routes.get("/health", context -> context.status(200));
        routes.get("/v1/models", this::models);
        routes.post("/v1/completions", this::complete);
        routes.post("/tokenize", this::tokenize);
        routes.post("/detokenize", this::detokenize);
        routes.post("/pause", this::pause);
        routes.post("/resume", this::resume);
        routes.get(
                "/is_paused", context -> answer(context, JSON.createObjectNode().put("is_paused", engine.isPaused())));
        routes.post("/collective_rpc", this::collectiveRpc);
        // There is no prefix cache: each request computes its own keys and values.
        routes.post("/reset_prefix_cache", context -> context.status(200));
        routes.post("/update_weight_version", this::updateWeightVersion);
        routes.get(
                "/weight_info",
                context -> answer(context, JSON.createObjectNode().put("weight_version", weightVersion.get())));
        routes.get(
                "/metrics",
                context -> context.contentType("text/plain; version=0.0.4; charset=utf-8")
                        .result(metrics.text()));
        routes.exception(ApiException.class, (refusal, context) -> fail(context, refusal));
        routes.exception(RlhfException.class, (failure, context) -> fail(context, ofFailure(failure)));
        routes.exception(HttpResponseException.class, (refusal, context) -> fail(context, ApiException.of(refusal)));
    }

    /** No thread waits for the samples: what ends a pause must find one, however many requests are held. */
    private void complete(Context context) {
        JsonNode body = body(context);
        boolean withTokenIds = CompletionReader.flag(body, "return_token_ids", false);
        List<CompletionRequest> requests = reader.read(body);
        boolean ofPrompts = CompletionReader.asksForPromptLogProbs(body);
        CompletableFuture<ObjectNode> json = admissions.admit(() -> written(requests, ofPrompts, withTokenIds));
        context.future(() -> json.orTimeout(DEADLINE_SECONDS, TimeUnit.SECONDS).handle((done, failure) -> {
            if (failure != null) {
                throw refusal(failure, "completion");
            }
            return answer(context, done);
        }));
    }

    private CompletableFuture<ObjectNode> written(
            List<CompletionRequest> requests, boolean ofPrompts, boolean withTokenIds) {
        List<CompletableFuture<List<CompletionSample>>> samples =
                requests.stream().map(engine::submit).toList();
        List<CompletableFuture<double[]>> readings = requests.stream()
                .filter(request -> ofPrompts)
                .map(request -> engine.promptLogProbs(request.prompt()))
                .toList();
        CompletableFuture<?>[] all =
                Stream.concat(samples.stream(), readings.stream()).toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(all)
                .thenApplyAsync(
                        done -> {
                            ObjectNode json = writer.write(
                                    requests,
                                    samples.stream()
                                            .map(CompletableFuture::join)
                                            .toList(),
                                    withTokenIds);
                            for (int i = 0; i < readings.size(); i++) {
                                writer.addPromptLogProbs(
                                        json,
                                        i,
                                        requests.get(i),
                                        readings.get(i).join());
                            }
                            return json;
                        },
                        writers);
    }

    private void models(Context context) {
        ObjectNode json = JSON.createObjectNode().put("object", "list");
        json.putArray("data")
                .addObject()
                .put("id", model.name())
                .put("object", "model")
                .put("owned_by", "rlhf")
                .put("root", model.name())
                .put("max_model_len", model.contextLength());
        answer(context, json);
    }

    private void tokenize(Context context) {
        JsonNode body = body(context);
        JsonNode prompt = body.path("prompt");
        if (!prompt.isTextual()) {
            throw ApiException.badRequest("prompt must be a string.", "prompt");
        }
        boolean special = CompletionReader.flag(body, "add_special_tokens", true);
        int[] tokens = model.tokenizer().encode(prompt.asText(), special);
        ObjectNode json =
                JSON.createObjectNode().put("count", tokens.length).put("max_model_len", model.contextLength());
        ArrayNode ids = json.putArray("tokens");
        for (int token : tokens) {
            ids.add(token);
        }
        answer(context, json);
    }

    private void detokenize(Context context) {
        JsonNode tokens = body(context).path("tokens");
        if (!tokens.isArray()) {
            throw ApiException.badRequest("tokens must be a list of token ids.", "tokens");
        }
        int[] ids = new int[tokens.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = tokens.get(i).asInt(-1);
            if (ids[i] < 0 || ids[i] >= model.tokenizer().vocabularySize()) {
                throw ApiException.badRequest("Token id " + tokens.get(i) + " is out of vocabulary.", "tokens");
            }
        }
        answer(context, JSON.createObjectNode().put("prompt", model.tokenizer().decode(ids, true)));
    }

    private void pause(Context context) {
        String mode = context.queryParam("mode");
        switch (mode == null ? "abort" : mode.toLowerCase(Locale.ROOT)) {
            case "keep" -> engine.pause();
            case "abort" -> {
                engine.pause();
                admissions.abort(DecodeEngine.aborted());
                await(engine.abortAll(), "abort");
            }
            default -> throw ApiException.badRequest("mode must be 'keep' or 'abort', got '" + mode + "'.", "mode");
        }
        answer(context, JSON.createObjectNode().put("status", "paused"));
    }

    private void resume(Context context) {
        engine.resume();
        answer(context, JSON.createObjectNode().put("status", "resumed"));
    }

    private void collectiveRpc(Context context) {
        JsonNode body = body(context);
        String method = body.path("method").asText("");
        if (!method.equals("reload_weights")) {
            throw ApiException.badRequest("method must be 'reload_weights', got '" + method + "'.", "method");
        }
        JsonNode path = body.path("kwargs").path("weights_path");
        if (!path.isTextual()) {
            throw ApiException.badRequest("kwargs.weights_path must name a model directory.", "kwargs");
        }
        await(engine.reload(Path.of(path.asText())), "reload_weights");
        ObjectNode json = JSON.createObjectNode();
        json.putArray("results").addNull();
        answer(context, json);
    }

    private void updateWeightVersion(Context context) {
        JsonNode version = body(context).path("new_version");
        if (!version.isTextual()) {
            throw ApiException.badRequest("new_version must be a string.", "new_version");
        }
        weightVersion.set(version.asText());
        answer(context, JSON.createObjectNode().put("success", true).put("new_version", version.asText()));
    }

    /** The length a body says it has, negative for none; more than an int counts, unlike Javalin's own. */
    private static long declared(Context context) {
        String length = context.header(Header.CONTENT_LENGTH);
        return length == null ? -1 : Long.parseLong(length);
    }

    private static JsonNode body(Context context) {
        try {
            JsonNode body = JSON.readTree(RequestBody.read(context.bodyInputStream(), declared(context), LONGEST_BODY));
            if (body == null || !body.isObject()) {
                throw ApiException.badRequest("The body must be a JSON object.", null);
            }
            return body;
        } catch (JsonProcessingException broken) {
            throw ApiException.badRequest("The body is not JSON: " + JsonMistake.describe(broken), null);
        } catch (IOException broken) {
            throw ApiException.badRequest("The body is no text of UTF-8.", null);
        }
    }

    private static <T> T await(CompletableFuture<T> future, String what) {
        try {
            return future.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failed) {
            throw refusal(failed, what);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw Inbox.shuttingDown();
        }
    }

    private static ApiException refusal(Throwable failure, String what) {
        Throwable cause = failure;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof RlhfException known) {
            return ofFailure(known);
        }
        if (cause instanceof TimeoutException) {
            return ApiException.unavailable(what + " took longer than " + DEADLINE_SECONDS + " s");
        }
        return cause instanceof ApiException refusal ? refusal : ApiException.internal(what + " failed: " + cause);
    }

    private static ApiException ofFailure(RlhfException failure) {
        String message = String.valueOf(failure.getMessage());
        return switch (failure.kind()) {
            case USER -> ApiException.badRequest(message, null);
            case DIVERGED -> ApiException.diverged(message);
            default -> ApiException.internal(message);
        };
    }

    private static void fail(Context context, ApiException refusal) {
        ObjectNode json = JSON.createObjectNode();
        json.putObject("error")
                .put("message", refusal.getMessage())
                .put("type", refusal.type())
                .put("param", refusal.parameter())
                .put("code", refusal.status());
        context.status(refusal.status());
        if (refusal.status() == UNAVAILABLE) {
            context.header("Retry-After", "1");
        }
        answer(context, json);
    }

    private static Context answer(Context context, JsonNode json) {
        return context.contentType("application/json").result(json.toString());
    }
}
