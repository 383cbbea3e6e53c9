package dev.rlhf.rollout;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.SamplingParams;
import java.util.List;

/**
 * Bodies of {@code /v1/completions}.
 *
 * <p>Every parameter that shapes the distribution is stated: a server fills in what is left out from the model's
 * generation_config.json, and would then sample another policy than the one that learns. So are the tokens that end a completion,
 * instead of whatever the server takes for them.
 */
final class Sampling {
    private Sampling() {}

    /** A body that leaves the distribution as the model gives it. */
    static ObjectNode plain(int[] prompt) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode tokens = body.putArray("prompt");
        for (int token : prompt) {
            tokens.add(token);
        }
        return body.put("n", 1)
                .put("temperature", 1.0)
                .put("top_p", 1.0)
                .put("top_k", 0)
                .put("min_p", 0.0)
                .put("repetition_penalty", 1.0)
                .put("presence_penalty", 0.0)
                .put("frequency_penalty", 0.0)
                .put("min_tokens", 0)
                .put("ignore_eos", true)
                .put("logprobs", 0)
                .put("return_token_ids", true);
    }

    /**
     * A body for samples of a prompt.
     *
     * @param endTokens every token that ends a completion
     */
    static ObjectNode of(Prompt prompt, SamplingParams sampling, long seed, List<Integer> endTokens) {
        ObjectNode body = plain(prompt.tokens())
                .put("n", sampling.samplesPerPrompt())
                .put("seed", seed)
                .put("temperature", sampling.temperature())
                .put("top_p", sampling.topP())
                .put("top_k", sampling.topK())
                .put("max_tokens", sampling.maxTokens());
        ArrayNode ends = body.putArray("stop_token_ids");
        endTokens.forEach(ends::add);
        return body;
    }
}
