package dev.rlhf.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.core.rollout.GenerationSettings;
import dev.rlhf.learner.block.RotaryEmbedding;
import dev.rlhf.learner.files.NumberFormat;
import dev.rlhf.learner.model.LlamaShape;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** A Llama of half a billion parameters and 150 thousand tokens, served in fp32 by a process with little heap. */
final class WideVocabulary {
    private static final int VOCABULARY = 150_000;
    private static final int TOKENS = 12;
    private static final String PROMPT = "[11,149999,13,7]";

    private WideVocabulary() {}

    /** Makes and serves it below the folder {@code arguments[0]}; prints figures. */
    public static void main(String[] arguments) throws IOException {
        LlamaShape config = new LlamaShape(
                VOCABULARY, 896, 24, 14, 2, 64, 4864, 2048, RotaryEmbedding.of(1_000_000), 1e-6, true, List.of(2));
        long begin = System.nanoTime();
        Path model = LargeModel.make(config, Path.of(arguments[0]).resolve("wide"), 1, NumberFormat.F32);
        LargeModel.say("made", begin);
        begin = System.nanoTime();
        try (GenerationServer server =
                GenerationServer.start(new GenerationSettings(model, "127.0.0.1", 0, "policy", 32, 1, null))) {
            LargeModel.say("opened", begin);
            begin = System.nanoTime();
            JsonNode many = sampled(server.endpoint(), "[" + PROMPT + ",[5],[6,7],[1999,2,2,140000,40,41,42]]", 8);
            LargeModel.say("served", begin);
            JsonNode alone = sampled(server.endpoint(), "[" + PROMPT + "]", 1);
            LargeModel.say("again", begin);
            String expected = alone.path(0).path("logprobs").path("token_logprobs") + ""
                    + alone.path(0).path("token_ids");
            String found = many.path(0).path("logprobs").path("token_logprobs") + ""
                    + many.path(0).path("token_ids");
            if (many.size() != 32 || alone.path(0).path("token_ids").size() != TOKENS || !expected.equals(found)) {
                throw new AssertionError(many.size() + " samples; " + found + " beside others, alone " + expected);
            }
        }
    }

    private static JsonNode sampled(URI endpoint, String prompts, int samples) {
        return LargeModel.post(
                        endpoint,
                        "/v1/completions",
                        "{\"model\":\"policy\",\"prompt\":" + prompts + ",\"n\":" + samples + ",\"max_tokens\":"
                                + TOKENS
                                + ",\"temperature\":1,\"seed\":5,\"logprobs\":0,\"return_token_ids\":true"
                                + ",\"ignore_eos\":true}")
                .path("choices");
    }
}
