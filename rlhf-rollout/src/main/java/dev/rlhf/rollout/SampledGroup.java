package dev.rlhf.rollout;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.FinishReason;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.rollout.SamplingParams;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Reads the answer to a request for samples; what is wrong with it is the server's fault, whose name is told.
 *
 * @param server name of the server
 * @param prompt what was asked
 * @param sampling how
 * @param version weights the server has
 */
record SampledGroup(String server, Prompt prompt, SamplingParams sampling, WeightVersion version) {
    /** Rounding may lift the log-prob of a certain token a little above 0. */
    private static final float ROUNDING = 1e-3f;

    /** The group in an answer; throws RESOURCE naming the server when it is not what was asked for. */
    RolloutGroup read(JsonNode answer) {
        List<JsonNode> choices = new ArrayList<>();
        answer.path("choices").forEach(choices::add);
        choices.sort(Comparator.comparingInt(choice -> choice.path("index").asInt()));
        if (choices.size() != sampling.samplesPerPrompt()) {
            throw fault(
                    "was asked for " + sampling.samplesPerPrompt() + " samples and gave " + choices.size(),
                    "the server must honour n");
        }
        return new RolloutGroup(prompt, choices.stream().map(this::completion).toList());
    }

    private Completion completion(JsonNode choice) {
        JsonNode ids = choice.path("token_ids");
        JsonNode numbers = choice.path("logprobs").path("token_logprobs");
        if (!ids.isArray() || ids.isEmpty() || ids.size() != numbers.size()) {
            throw fault(
                    "gave " + ids.size() + " token_ids and " + numbers.size() + " token_logprobs",
                    "the server must honour return_token_ids and logprobs, as vLLM 0.10 and newer do");
        }
        if (ids.size() > sampling.maxTokens()) {
            throw fault(
                    "gave " + ids.size() + " tokens where " + sampling.maxTokens() + " were allowed",
                    "the server must honour max_tokens");
        }
        int[] tokens = new int[ids.size()];
        float[] logProbs = new float[ids.size()];
        for (int t = 0; t < tokens.length; t++) {
            tokens[t] = token(ids.get(t));
            logProbs[t] = logProb(numbers.get(t));
        }
        return new Completion(
                tokens,
                logProbs,
                finishReason(choice, tokens.length),
                version,
                choice.path("text").asText());
    }

    private int token(JsonNode id) {
        if (!id.isInt() || id.intValue() < 0) {
            throw fault("gave token " + id, "token_ids must be ids");
        }
        return id.intValue();
    }

    private float logProb(JsonNode number) {
        if (!number.isNumber() || !(number.floatValue() <= ROUNDING) || Float.isInfinite(number.floatValue())) {
            throw fault(
                    "gave the log-prob " + number,
                    "log-probs must be finite and at most 0; start vLLM with --logprobs-mode processed_logprobs");
        }
        return Math.min(0, number.floatValue());
    }

    private FinishReason finishReason(JsonNode choice, int length) {
        String reason = choice.path("finish_reason").asText();
        switch (reason) {
            case "stop" -> {
                return FinishReason.STOP;
            }
            case "length" -> {
                if (length < sampling.maxTokens()) {
                    throw fault(
                            "cut a completion at " + length + " of " + sampling.maxTokens() + " tokens",
                            "its --max-model-len is too small for a prompt of " + prompt.tokens().length
                                    + " tokens and max-tokens");
                }
                return FinishReason.LENGTH;
            }
            default ->
                throw RlhfException.transientFault(
                        server + " ended the completion of prompt " + prompt.id() + " with '" + reason + "'", null);
        }
    }

    private RlhfException fault(String what, String remedy) {
        return RlhfException.resource(server + ", prompt " + prompt.id() + ": it " + what + "; " + remedy, null);
    }
}
