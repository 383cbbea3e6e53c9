package dev.rlhf.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.learner.HuggingFaceTokenizer;
import dev.rlhf.testing.GoldenText;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The text of an answer is what the tokenizers library's own stream of tokens gives: see tools/golden/text_tokens.py. */
class CompletionTextTest {
    private static final int END = 2;

    @TempDir
    private Path directory;

    static Stream<Arguments> streams() throws IOException {
        List<Arguments> all = new ArrayList<>();
        for (JsonNode tokenizer : GoldenText.tokenizers()) {
            JsonNode around = tokenizer.path("around").path(1);
            all.add(Arguments.of(tokenizer.path("kind").asText(), tokenizer, around));
        }
        assertThat(all).hasSize(6);
        return all.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("streams")
    void textTokensAndOffsetsSayTheSame(String kind, JsonNode rules, JsonNode around) throws IOException {
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.open(GoldenText.write(directory, rules, around))) {
            CompletionWriter writer = new CompletionWriter(tokenizer, "policy", Clock.systemUTC());
            for (JsonNode stream : around.path("streams")) {
                List<Integer> tokens = new ArrayList<>(numbers(stream.path("tokens")));
                tokens.add(END);
                String text = String.join("", strings(stream.path("pieces")));

                JsonNode choice = choice(writer, numbers(stream.path("before")), tokens);

                assertThat(choice.path("text").asText()).as(kind + stream).isEqualTo(text);
                JsonNode logProbs = choice.path("logprobs");
                List<String> written = strings(logProbs.path("tokens"));
                assertThat(written).as(kind + stream).hasSameSizeAs(tokens);
                assertThat(written.get(tokens.size() - 1)).isEqualTo("</s>");
                int offset = 0;
                for (int i = 0; i < written.size(); i++) {
                    assertThat(logProbs.path("text_offset").path(i).asInt())
                            .as(kind + stream)
                            .isEqualTo(offset);
                    boolean special = tokens.get(i) <= END;
                    offset += special
                            ? 0
                            : written.get(i).codePointCount(0, written.get(i).length());
                }
                assertThat(offset).isEqualTo(text.codePointCount(0, text.length()));
            }
        }
    }

    private static JsonNode choice(CompletionWriter writer, List<Integer> prompt, List<Integer> tokens) {
        CompletionRequest request = new CompletionRequest(
                prompt.stream().mapToInt(Integer::intValue).toArray(), 1, 1, 1, 1, 0, 99, Set.of(END), 0);
        CompletionSample sample =
                new CompletionSample(tokens, Collections.nCopies(tokens.size(), -1.0), List.of(), true);
        return writer.write(List.of(request), List.of(List.of(sample)), false)
                .path("choices")
                .path(0);
    }

    private static List<Integer> numbers(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asInt)
                .toList();
    }

    private static List<String> strings(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }
}
