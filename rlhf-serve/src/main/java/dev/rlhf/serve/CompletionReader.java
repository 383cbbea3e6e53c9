package dev.rlhf.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.core.prompt.Tokenizer;
import dev.rlhf.learner.model.ModelConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Reads the body of {@code /v1/completions}; refuses what is wrong with vLLM's status codes. */
final class CompletionReader {
    private static final int DEFAULT_MAX_TOKENS = 16;
    private static final int MOST_SAMPLES = 4096;
    private static final int MOST_SEQUENCES = 16_384;
    private static final int MOST_LOG_PROBS = 20;
    private static final Set<String> REFUSED = Set.of(
            "stop",
            "suffix",
            "echo",
            "stream",
            "best_of",
            "frequency_penalty",
            "presence_penalty",
            "repetition_penalty",
            "min_p",
            "min_tokens",
            "bad_words",
            "logit_bias",
            "allowed_token_ids");

    private final ModelConfig config;
    private final Tokenizer tokenizer;
    private final String modelName;

    CompletionReader(ModelConfig config, Tokenizer tokenizer, String modelName) {
        this.config = config;
        this.tokenizer = tokenizer;
        this.modelName = modelName;
    }

    /** One request a prompt, in order. */
    List<CompletionRequest> read(JsonNode body) {
        requireModel(body);
        refuseUnsupported(body);
        int samples = (int) whole(body, "n", 1, 1, MOST_SAMPLES);
        long seed = body.hasNonNull("seed")
                ? whole(body, "seed", 0, Long.MIN_VALUE, Long.MAX_VALUE)
                : ThreadLocalRandom.current().nextLong();
        double temperature = number(body, "temperature", 1, 0, 1e6);
        double topP = number(body, "top_p", 1, 0, 1);
        if (topP == 0) {
            throw ApiException.badRequest("top_p must be in (0, 1], got 0.", "top_p");
        }
        int topK = (int) whole(body, "top_k", 0, -1, Integer.MAX_VALUE);
        int maxTokens = (int) whole(body, "max_tokens", DEFAULT_MAX_TOKENS, 1, Integer.MAX_VALUE);
        int logProbs = body.hasNonNull("logprobs") ? (int) whole(body, "logprobs", 0, 0, MOST_LOG_PROBS) : -1;
        Set<Integer> stop = stopTokens(body);
        List<CompletionRequest> requests = new ArrayList<>();
        List<int[]> prompts = prompts(body, flag(body, "add_special_tokens", true));
        if ((long) samples * prompts.size() > MOST_SEQUENCES) {
            throw ApiException.badRequest(
                    "A request may ask for " + MOST_SEQUENCES + " samples of all its prompts together, not for "
                            + (long) samples * prompts.size() + ".",
                    "n");
        }
        for (int[] prompt : prompts) {
            requireRoom(prompt, maxTokens);
            requests.add(new CompletionRequest(
                    prompt, samples, seed, temperature, topP, Math.max(0, topK), maxTokens, stop, logProbs));
        }
        return requests;
    }

    private void requireModel(JsonNode body) {
        String asked = body.path("model").asText(modelName);
        if (!asked.equals(modelName)) {
            throw ApiException.notFound("The model `" + asked + "` does not exist.", "model");
        }
    }

    private static void refuseUnsupported(JsonNode body) {
        for (String key : REFUSED) {
            JsonNode value = body.path(key);
            boolean neutral = value.isMissingNode()
                    || value.isNull()
                    || (value.isBoolean() && !value.asBoolean())
                    || (value.isArray() && value.isEmpty())
                    || (value.isNumber() && value.asDouble() == (key.equals("repetition_penalty") ? 1 : 0));
            if (!neutral) {
                throw ApiException.badRequest("'" + key + "' is not supported by the embedded server.", key);
            }
        }
    }

    private Set<Integer> stopTokens(JsonNode body) {
        JsonNode asked = body.path("stop_token_ids");
        if (!asked.isArray() && !asked.isMissingNode() && !asked.isNull()) {
            throw ApiException.badRequest(
                    "stop_token_ids must be a list of token ids, got " + asked + ".", "stop_token_ids");
        }
        Set<Integer> stop = new HashSet<>();
        for (JsonNode token : asked) {
            stop.add(tokenId(token, "stop_token_ids"));
        }
        if (!flag(body, "ignore_eos", false)) {
            stop.add(tokenizer.endOfSequence());
            stop.addAll(config.endTokens());
        }
        return stop;
    }

    private List<int[]> prompts(JsonNode body, boolean special) {
        JsonNode prompt = body.path("prompt");
        List<int[]> prompts = new ArrayList<>();
        if (prompt.isArray() && !prompt.path(0).isInt()) {
            prompt.forEach(one -> prompts.add(tokens(one, special)));
        } else if (!prompt.isMissingNode() && !prompt.isNull()) {
            prompts.add(tokens(prompt, special));
        }
        if (prompts.isEmpty()) {
            throw ApiException.badRequest("Either prompt or prompt_embeds must be provided and non-empty.", "prompt");
        }
        return prompts;
    }

    private int[] tokens(JsonNode prompt, boolean special) {
        if (prompt.isTextual()) {
            String text = prompt.asText();
            return requireNotEmpty(special ? tokenizer.prompt(text) : tokenizer.encode(text, false));
        }
        if (!prompt.isArray()) {
            throw ApiException.badRequest("prompt must be a string or a list of token ids.", "prompt");
        }
        int[] tokens = new int[prompt.size()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = tokenId(prompt.get(i), "prompt");
        }
        return requireNotEmpty(tokens);
    }

    private int tokenId(JsonNode token, String parameter) {
        if (!token.isInt() || token.asInt() < 0 || token.asInt() >= config.vocabularySize()) {
            throw ApiException.badRequest("Token id " + token + " is out of vocabulary.", parameter);
        }
        return token.asInt();
    }

    private static int[] requireNotEmpty(int[] tokens) {
        if (tokens.length == 0) {
            throw ApiException.badRequest("The decoder prompt cannot be empty", "prompt");
        }
        return tokens;
    }

    private void requireRoom(int[] prompt, int maxTokens) {
        int context = config.contextLength();
        if ((long) prompt.length + maxTokens > context) {
            throw ApiException.badRequest(
                    "This model's maximum context length is " + context + " tokens. However, you requested "
                            + maxTokens + " output tokens and your prompt contains " + prompt.length
                            + " input tokens, for a total of " + ((long) prompt.length + maxTokens)
                            + " tokens. Please reduce the length of the input prompt or the number of requested"
                            + " output tokens.",
                    "max_tokens");
        }
    }

    /** Whether log-probs of the prompts' own tokens are asked for; more than those are not told. */
    static boolean asksForPromptLogProbs(JsonNode body) {
        return body.hasNonNull("prompt_logprobs") && whole(body, "prompt_logprobs", 0, 0, 0) == 0;
    }

    /** A key that is true or false. */
    static boolean flag(JsonNode body, String key, boolean fallback) {
        JsonNode value = body.path(key);
        if (!value.isBoolean() && !value.isMissingNode() && !value.isNull()) {
            throw ApiException.badRequest(key + " must be true or false, got " + value + ".", key);
        }
        return value.asBoolean(fallback);
    }

    private static long whole(JsonNode body, String key, long fallback, long least, long most) {
        JsonNode value = body.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return fallback;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < least || value.asLong() > most) {
            throw ApiException.badRequest(
                    key + " must be a whole number from " + least + " to " + most + ", got " + value + ".", key);
        }
        return value.asLong();
    }

    private static double number(JsonNode body, String key, double fallback, double least, double most) {
        JsonNode value = body.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return fallback;
        }
        if (!value.isNumber() || value.asDouble() < least || value.asDouble() > most) {
            throw ApiException.badRequest(
                    key + " must be a number from " + least + " to " + most + ", got " + value + ".", key);
        }
        return value.asDouble();
    }
}
