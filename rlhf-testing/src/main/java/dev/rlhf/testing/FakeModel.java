package dev.rlhf.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Tokens drawn from nothing but a request and the name of the weights.
 *
 * @param vocabulary number of tokens; 0 ends a completion
 * @param weights name of the weights
 */
record FakeModel(int vocabulary, String weights) {
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
        choice.put("finish_reason", tokens.get(tokens.size() - 1) == 0 ? "stop" : "length");
        return choice;
    }
}
