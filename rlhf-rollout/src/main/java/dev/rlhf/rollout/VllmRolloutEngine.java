package dev.rlhf.rollout;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.FinishReason;
import dev.rlhf.core.rollout.RolloutEngine;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.rollout.SamplingParams;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Samples from generation servers, token ids in and token ids out.
 *
 * <p>Prompt g goes to server g mod N in a request of its own, whose seed is a function of g alone; the servers batch what
 * arrives together.
 */
public final class VllmRolloutEngine implements RolloutEngine {
    private final VllmFleet fleet;

    /** An engine over the servers of {@code fleet}. */
    public VllmRolloutEngine(VllmFleet fleet) {
        this.fleet = fleet;
    }

    @Override
    public List<RolloutGroup> generate(List<Prompt> prompts, SamplingParams sampling, Seed seed) {
        return generate(prompts, sampling, seed, 0);
    }

    /**
     * Completes a part of the prompts of a step.
     *
     * @param firstPrompt index within the step of the first of {@code prompts}
     * @throws RlhfException RESOURCE also when a server does not say which weights it has
     */
    public List<RolloutGroup> generate(List<Prompt> prompts, SamplingParams sampling, Seed seed, int firstPrompt) {
        List<VllmClient> clients = fleet.clients();
        List<Optional<WeightVersion>> versions = VllmFleet.awaitAll(
                clients.stream().map(VllmClient::weightVersion).toList());
        List<CompletableFuture<RolloutGroup>> answers = new ArrayList<>(prompts.size());
        for (int i = 0; i < prompts.size(); i++) {
            VllmClient client = clients.get(i % clients.size());
            WeightVersion version = versions.get(i % clients.size())
                    .orElseThrow(() -> RlhfException.resource(
                            client + " does not say which weights it has; publish a version first", null));
            long promptSeed = seed.derive("prompt", firstPrompt + i).nonNegative();
            answers.add(complete(client, prompts.get(i), sampling, promptSeed, version));
        }
        return VllmFleet.awaitAll(answers);
    }

    private static CompletableFuture<RolloutGroup> complete(
            VllmClient client, Prompt prompt, SamplingParams sampling, long seed, WeightVersion version) {
        return client.complete(body(prompt, sampling, seed), answer -> group(client, prompt, answer, sampling, version))
                .exceptionally(failure -> {
                    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                    throw cause instanceof RlhfException refusal && refusal.kind() == ErrorKind.USER
                            ? new RlhfException(
                                    ErrorKind.USER,
                                    "prompt " + prompt.id() + " was refused: " + refusal.getMessage(),
                                    refusal)
                            : new CompletionException(cause);
                });
    }

    private static ObjectNode body(Prompt prompt, SamplingParams sampling, long seed) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode tokens = body.putArray("prompt");
        for (int token : prompt.tokens()) {
            tokens.add(token);
        }
        return body.put("n", sampling.samplesPerPrompt())
                .put("seed", seed)
                .put("temperature", sampling.temperature())
                .put("top_p", sampling.topP())
                .put("top_k", sampling.topK())
                .put("max_tokens", sampling.maxTokens())
                .put("logprobs", 0)
                .put("return_token_ids", true);
    }

    private static RolloutGroup group(
            VllmClient client, Prompt prompt, JsonNode answer, SamplingParams sampling, WeightVersion version) {
        List<JsonNode> choices = new ArrayList<>();
        answer.path("choices").forEach(choices::add);
        choices.sort(Comparator.comparingInt(choice -> choice.path("index").asInt()));
        if (choices.size() != sampling.samplesPerPrompt()) {
            throw RlhfException.bug(client + " was asked for " + sampling.samplesPerPrompt() + " samples of prompt "
                    + prompt.id() + " and gave " + choices.size());
        }
        return new RolloutGroup(
                prompt,
                choices.stream()
                        .map(choice -> completion(client, prompt, choice, version))
                        .toList());
    }

    private static Completion completion(VllmClient client, Prompt prompt, JsonNode choice, WeightVersion version) {
        JsonNode ids = choice.path("token_ids");
        JsonNode numbers = choice.path("logprobs").path("token_logprobs");
        if (!ids.isArray() || ids.isEmpty() || ids.size() != numbers.size()) {
            throw RlhfException.bug(
                    client + " answered prompt " + prompt.id() + " with " + ids.size() + " token_ids and "
                            + numbers.size() + " token_logprobs; the server must honour return_token_ids and logprobs");
        }
        int[] tokens = new int[ids.size()];
        float[] logProbs = new float[ids.size()];
        for (int t = 0; t < tokens.length; t++) {
            if (!ids.get(t).isInt() || !numbers.get(t).isNumber()) {
                throw RlhfException.bug(client + " answered prompt " + prompt.id() + " with token " + ids.get(t)
                        + " of log-prob " + numbers.get(t));
            }
            tokens[t] = ids.get(t).intValue();
            logProbs[t] = Math.min(0, numbers.get(t).floatValue());
        }
        return new Completion(
                tokens,
                logProbs,
                finishReason(client, prompt, choice),
                version,
                choice.path("text").asText());
    }

    private static FinishReason finishReason(VllmClient client, Prompt prompt, JsonNode choice) {
        String reason = choice.path("finish_reason").asText();
        return switch (reason) {
            case "stop" -> FinishReason.STOP;
            case "length" -> FinishReason.LENGTH;
            default ->
                throw RlhfException.transientFault(
                        client + " ended the completion of prompt " + prompt.id() + " with '" + reason + "'", null);
        };
    }
}
