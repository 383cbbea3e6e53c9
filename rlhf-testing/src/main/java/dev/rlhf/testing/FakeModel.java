package dev.rlhf.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.sync.Canary;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Tokens drawn from nothing but a request and the name of the weights.
 *
 * @param vocabulary number of tokens; 0 ends a completion
 * @param weights name of the weights
 */
public record FakeModel(int vocabulary, String weights) {
    /** What a learner with these weights says of {@code tokens}, to the last bits. */
    public Canary canary(int... tokens) {
        float[] logProbs = new float[tokens.length - 1];
        for (int t = 1; t < tokens.length; t++) {
            logProbs[t - 1] = (float) logProb(tokens[t]);
        }
        return new Canary(tokens, logProbs, 1e-5);
    }

    /** What these weights say of a token in a prompt. */
    double logProb(int token) {
        return -Math.log(vocabulary) - Math.floorMod(31 * weights.hashCode() + token, 97) / 100.0;
    }

    /** The answer to a body of {@code /v1/completions}, in vLLM's form. */
    ObjectNode complete(JsonNode body) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode choices = answer.putArray("choices");
        for (int i = 0; i < body.path("n").asInt(1); i++) {
            choices.add(choice(body, i));
        }
        return answer;
    }

    private ObjectNode choice(JsonNode body, int sample) {
        boolean greedy = body.path("temperature").asDouble(1) == 0;
        Seed seed = new Seed(greedy ? 0 : body.path("seed").asLong());
        RandomGenerator random =
                seed.derive(weights + body.path("prompt"), sample).random();
        List<Integer> tokens = new ArrayList<>();
        int most = body.path("max_tokens").asInt(16);
        while (tokens.size() < most && (tokens.isEmpty() || tokens.get(tokens.size() - 1) != 0)) {
            tokens.add(random.nextInt(vocabulary));
        }
        ObjectNode choice = JsonNodeFactory.instance.objectNode();
        choice.put("index", sample);
        choice.put("text", String.join(" ", tokens.stream().map(String::valueOf).toList()));
        ArrayNode ids = choice.putArray("token_ids");
        ArrayNode logProbs = choice.putObject("logprobs").putArray("token_logprobs");
        for (int token : tokens) {
            ids.add(token);
            logProbs.add(-Math.log(vocabulary));
        }
        if (body.path("prompt_logprobs").isInt()) {
            ArrayNode ofPrompt = choice.putArray("prompt_logprobs").addNull();
            for (int t = 1; t < body.path("prompt").size(); t++) {
                int token = body.path("prompt").get(t).asInt();
                ofPrompt.addObject().putObject(String.valueOf(token)).put("logprob", logProb(token));
            }
        }
        choice.put("finish_reason", tokens.get(tokens.size() - 1) == 0 ? "stop" : "length");
        return choice;
    }
}
