package dev.rlhf.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.prompt.Tokenizer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Writes the answer of {@code /v1/completions}. */
final class CompletionWriter {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String UNFINISHED = "\uFFFD";

    private final Tokenizer tokenizer;
    private final String modelName;
    private final Clock clock;
    private final Map<Integer, String> names = new ConcurrentHashMap<>();

    CompletionWriter(Tokenizer tokenizer, String modelName, Clock clock) {
        this.tokenizer = tokenizer;
        this.modelName = modelName;
        this.clock = clock;
    }

    /** The answer to all prompts of one call, choices in the order of prompts and samples. */
    ObjectNode write(List<CompletionRequest> requests, List<List<CompletionSample>> answers, boolean withTokenIds) {
        ObjectNode json = JSON.objectNode();
        json.put("id", "cmpl-" + UUID.randomUUID().toString().replace("-", ""));
        json.put("object", "text_completion");
        json.put("created", clock.instant().getEpochSecond());
        json.put("model", modelName);
        ArrayNode choices = json.putArray("choices");
        int read = 0;
        int written = 0;
        for (int i = 0; i < requests.size(); i++) {
            read += requests.get(i).prompt().length;
            for (CompletionSample sample : answers.get(i)) {
                written += sample.tokens().size();
                choices.add(choice(choices.size(), requests.get(i), sample, withTokenIds));
            }
        }
        json.putObject("usage")
                .put("prompt_tokens", read)
                .put("total_tokens", read + written)
                .put("completion_tokens", written);
        return json;
    }

    private ObjectNode choice(int index, CompletionRequest request, CompletionSample sample, boolean withTokenIds) {
        ObjectNode choice = JSON.objectNode();
        int[] tokens = sample.tokens().stream().mapToInt(Integer::intValue).toArray();
        choice.put("index", index);
        List<String> pieces = pieces(request, sample, tokens);
        choice.put("text", String.join("", pieces));
        if (request.topLogProbs() >= 0) {
            choice.set("logprobs", logProbs(request, sample, pieces));
        } else {
            choice.putNull("logprobs");
        }
        choice.put("finish_reason", sample.stopped() ? "stop" : "length");
        int last = tokens[tokens.length - 1];
        if (sample.stopped() && last != tokenizer.endOfSequence()) {
            choice.put("stop_reason", last);
        } else {
            choice.putNull("stop_reason");
        }
        if (withTokenIds) {
            ArrayNode ids = choice.putArray("token_ids");
            sample.tokens().forEach(ids::add);
            ArrayNode prompt = choice.putArray("prompt_token_ids");
            for (int token : request.prompt()) {
                prompt.add(token);
            }
        }
        return choice;
    }

    /** Adds what the model says of a prompt's own tokens [P] to the choices of that prompt; nothing is said of the first. */
    void addPromptLogProbs(ObjectNode json, int prompt, CompletionRequest request, double[] logProbs) {
        ArrayNode values = JSON.arrayNode().addNull();
        for (int t = 1; t < request.prompt().length; t++) {
            ObjectNode one = values.addObject().putObject(String.valueOf(request.prompt()[t]));
            one.put("logprob", (float) logProbs[t - 1]);
        }
        for (int i = 0; i < request.samples(); i++) {
            ((ObjectNode) json.path("choices").get(prompt * request.samples() + i)).set("prompt_logprobs", values);
        }
    }

    /** What each token adds to the text, [T]; the token that ended it adds nothing, as with vLLM. */
    private List<String> pieces(CompletionRequest request, CompletionSample sample, int[] tokens) {
        if (!sample.stopped()) {
            return tokenizer.pieces(request.prompt(), tokens);
        }
        List<String> pieces =
                new ArrayList<>(tokenizer.pieces(request.prompt(), Arrays.copyOf(tokens, tokens.length - 1)));
        pieces.add("");
        return pieces;
    }

    private ObjectNode logProbs(CompletionRequest request, CompletionSample sample, List<String> pieces) {
        ObjectNode json = JSON.objectNode();
        ArrayNode offsets = json.putArray("text_offset");
        ArrayNode values = json.putArray("token_logprobs");
        ArrayNode texts = json.putArray("tokens");
        ArrayNode tops = json.putArray("top_logprobs");
        int offset = 0;
        for (int t = 0; t < sample.tokens().size(); t++) {
            int token = sample.tokens().get(t);
            String piece = pieces.get(t);
            String text = piece.isEmpty() ? nameAlone(token) : piece;
            offsets.add(offset);
            offset += piece.codePointCount(0, piece.length());
            // Rounded to the float that the learner also works in.
            float value = sample.logProbs().get(t).floatValue();
            values.add(value);
            texts.add(text);
            ObjectNode top = tops.addObject();
            top.put(text.isEmpty() ? key(token) : text, value);
            if (request.topLogProbs() > 0) {
                sample.alternatives()
                        .get(t)
                        .forEach(candidate -> top.put(key(candidate.token()), (float) candidate.logProb()));
            }
        }
        return json;
    }

    /** A key for a token among the likely ones. */
    private String key(int token) {
        String text = nameAlone(token);
        return text.isEmpty() ? "token_id:" + token : text;
    }

    /** What a token is by itself, a special one by its name; nothing for a part of a character. */
    private String nameAlone(int token) {
        return names.computeIfAbsent(token, id -> {
            String text = tokenizer.decode(new int[] {id}, true);
            return text.endsWith(UNFINISHED) ? "" : text;
        });
    }
}
