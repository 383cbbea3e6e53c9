package dev.rlhf.rollout;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.Constant;
import dev.rlhf.core.base.Deadline;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.reward.RewardFunction;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.RolloutGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;

/** Asks a service for scores, batch by batch. */
final class HttpScores implements RewardFunction {
    /** Version of the contract, the first field of every request. */
    private static final int VERSION = 1;
    /** Bytes of an answer beside its scores, and of a score: far more than any needs. */
    private static final int ANSWER_BYTES = 4096;

    private static final int SCORE_BYTES = 64;
    private static final MediaType JSON_TYPE = MediaType.get("application/json");

    private final HttpReward reward;
    private final OkHttpClient http;
    private final HttpCalls calls;
    private final Outage outage;

    HttpScores(HttpReward reward, Optional<String> key) {
        Duration deadline = Duration.ofSeconds(reward.deadlineSeconds());
        this.reward = reward;
        this.http = HttpCalls.connections(deadline);
        http.dispatcher().setMaxRequests(reward.concurrency());
        http.dispatcher().setMaxRequestsPerHost(reward.concurrency());
        this.calls = new HttpCalls(http, new Scoring(reward), reward.url(), key);
        this.outage = new Outage(calls.toString());
    }

    /** One completion and its prompt. */
    private record Item(Prompt prompt, Completion completion) {}

    /**
     * How a service of this reward refuses.
     *
     * @param reward whose service it is
     */
    private record Scoring(HttpReward reward) implements HttpCalls.Service {
        private static final int UNAUTHORIZED = 401;
        private static final int FORBIDDEN = 403;
        private static final int NOT_FOUND = 404;
        private static final int METHOD_NOT_ALLOWED = 405;

        @Override
        public String name() {
            return "reward service";
        }

        @Override
        public String remedy(HttpUrl url, int status, String text) {
            return switch (status) {
                case UNAUTHORIZED, FORBIDDEN ->
                    reward.keyVariable() == null
                            ? "; it asks for a key: name the environment variable that holds it in key-variable"
                            : "; it does not take the key in " + reward.keyVariable();
                case NOT_FOUND, METHOD_NOT_ALLOWED -> "; nothing there takes a POST: look at the reward's url";
                default -> "";
            };
        }

        @Override
        public String whereNobodyListens() {
            return "; start the service, or have the reward's url say where it listens";
        }

        @Override
        public long mostBytes() {
            return ANSWER_BYTES + (long) SCORE_BYTES * reward.batchSize();
        }
    }

    @Override
    public double[][] score(List<RolloutGroup> groups) {
        List<Item> items = groups.stream()
                .flatMap(group -> group.completions().stream().map(completion -> new Item(group.prompt(), completion)))
                .toList();
        Deadline deadline = Deadline.in(Duration.ofSeconds(reward.deadlineSeconds()));
        List<CompletableFuture<double[]>> answers = new ArrayList<>();
        for (int from = 0; from < items.size(); from += reward.batchSize()) {
            answers.add(ask(items, from, Math.min(items.size(), from + reward.batchSize()), deadline));
        }
        double[] flat = VllmFleet.awaitAll(answers).stream()
                .flatMapToDouble(Arrays::stream)
                .toArray();
        return RewardFunction.byGroup(groups, flat);
    }

    private CompletableFuture<double[]> ask(List<Item> items, int from, int to, Deadline deadline) {
        List<Item> batch = items.subList(from, to);
        String text = body(batch).toString();
        return new Repetition(calls + ", POST", outage, deadline)
                .ofLater(() -> calls.send(
                        new Request.Builder().url(calls.url()).post(RequestBody.create(text, JSON_TYPE)),
                        deadline,
                        answer -> scores(answer, batch)))
                .exceptionally(failure -> {
                    RlhfException known = Repetition.known(failure);
                    throw new RlhfException(
                            known.kind(),
                            known.getMessage() + " (completions " + (from + 1) + " to " + to + " of " + items.size()
                                    + ", the first of prompt "
                                    + batch.get(0).prompt().id() + ")",
                            known);
                });
    }

    private ObjectNode body(List<Item> batch) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("version", VERSION);
        ArrayNode completions = body.putArray("completions");
        for (Item item : batch) {
            ObjectNode one = completions.addObject();
            one.put("prompt_id", item.prompt().id());
            one.put("prompt", item.prompt().text());
            one.put("response", item.completion().text());
            one.put("finish_reason", Constant.text(item.completion().finishReason()));
            ObjectNode fields = one.putObject("fields");
            item.prompt().fields().forEach(fields::put);
            if (reward.tokenIds()) {
                ArrayNode tokens = one.putArray("response_token_ids");
                for (int token : item.completion().tokens()) {
                    tokens.add(token);
                }
            }
        }
        return body;
    }

    private double[] scores(JsonNode answer, List<Item> batch) {
        JsonNode found = answer.path("scores");
        if (!found.isArray() || found.size() != batch.size()) {
            throw fault("was sent " + batch.size() + " completions and gave "
                    + (found.isArray() ? found.size() + " scores" : "no list of scores"));
        }
        double[] scores = new double[batch.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = found.get(i).isNumber() ? found.get(i).doubleValue() : Double.NaN;
            if (!Double.isFinite(scores[i])) {
                String given = found.get(i).isNumber()
                        ? found.get(i).asText()
                        : found.get(i).toString();
                throw fault("gave the score " + given + " for prompt "
                        + batch.get(i).prompt().id() + "; a score must be a finite number");
            }
        }
        return scores;
    }

    private RlhfException fault(String what) {
        return RlhfException.resource(calls + " " + what, null);
    }

    @Override
    public void close() {
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }
}
