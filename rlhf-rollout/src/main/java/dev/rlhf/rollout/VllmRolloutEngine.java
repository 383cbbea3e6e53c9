package dev.rlhf.rollout;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.util.concurrent.CompletableFuture;

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
        List<WeightVersion> versions = clients.stream()
                .map(client -> VllmFleet.await(client.weightVersion())
                        .orElseThrow(() -> RlhfException.resource(
                                client + " does not say which weights it has; publish a version first", null)))
                .toList();
        List<CompletableFuture<JsonNode>> answers = new ArrayList<>(prompts.size());
        for (int i = 0; i < prompts.size(); i++) {
            long promptSeed = seed.derive("prompt", firstPrompt + i).nonNegative();
            answers.add(clients.get(i % clients.size()).complete(body(prompts.get(i), sampling, promptSeed)));
        }
        List<RolloutGroup> groups = new ArrayList<>(prompts.size());
        for (int i = 0; i < prompts.size(); i++) {
            JsonNode answer = VllmFleet.await(answers.get(i));
            groups.add(group(prompts.get(i), answer, sampling, versions.get(i % clients.size())));
        }
        return groups;
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

    private static RolloutGroup group(Prompt prompt, JsonNode answer, SamplingParams sampling, WeightVersion version) {
        List<JsonNode> choices = new ArrayList<>();
        answer.path("choices").forEach(choices::add);
        choices.sort(Comparator.comparingInt(choice -> choice.path("index").asInt()));
        if (choices.size() != sampling.samplesPerPrompt()) {
            throw RlhfException.bug("asked for " + sampling.samplesPerPrompt() + " samples of prompt " + prompt.id()
                    + ", got " + choices.size());
        }
        return new RolloutGroup(
                prompt,
                choices.stream()
                        .map(choice -> completion(prompt, choice, version))
                        .toList());
    }

    private static Completion completion(Prompt prompt, JsonNode choice, WeightVersion version) {
        JsonNode ids = choice.path("token_ids");
        JsonNode numbers = choice.path("logprobs").path("token_logprobs");
        if (!ids.isArray() || ids.isEmpty() || ids.size() != numbers.size()) {
            throw RlhfException.bug(
                    "the server's answer for prompt " + prompt.id() + " has " + ids.size() + " token_ids and "
                            + numbers.size() + " token_logprobs; it must honour return_token_ids and logprobs");
        }
        int[] tokens = new int[ids.size()];
        float[] logProbs = new float[ids.size()];
        for (int t = 0; t < tokens.length; t++) {
            tokens[t] = ids.get(t).intValue();
            logProbs[t] = Math.min(0, numbers.get(t).floatValue());
        }
        return new Completion(
                tokens,
                logProbs,
                finishReason(prompt, choice),
                version,
                choice.path("text").asText());
    }

    private static FinishReason finishReason(Prompt prompt, JsonNode choice) {
        String reason = choice.path("finish_reason").asText();
        return switch (reason) {
            case "stop" -> FinishReason.STOP;
            case "length" -> FinishReason.LENGTH;
            default ->
                throw RlhfException.transientFault(
                        "the completion of prompt " + prompt.id() + " ended with '" + reason + "'", null);
        };
    }
}
