package dev.rlhf.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.testing.GoldenText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Text to tokens and back against the tokenizers library and transformers: see tools/golden/text_tokens.py. */
class TextToTokensTest {
    @TempDir
    private Path directory;

    static Stream<Arguments> tokenizers() throws IOException {
        List<Arguments> all = new ArrayList<>();
        for (JsonNode tokenizer : GoldenText.tokenizers()) {
            for (JsonNode around : tokenizer.path("around")) {
                String name = tokenizer.path("kind").asText() + ", "
                        + around.path("name").asText();
                all.add(Arguments.of(name, tokenizer, around));
            }
        }
        assertThat(all).hasSize(18);
        return all.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tokenizers")
    void aTextHasTheTokensThatTransformersGivesIt(String name, JsonNode rules, JsonNode around) throws IOException {
        boolean addsEnd = around.path("name").asText().equals("both");
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.open(GoldenText.write(directory, rules, around))) {
            for (JsonNode text : around.path("texts")) {
                String written = text.path("text").asText();
                int[] special = ints(text.path("special"));
                int[] plain = ints(text.path("plain"));
                assertThat(tokenizer.encode(written, false)).as(name + written).isEqualTo(plain);
                assertThat(tokenizer.encode(written, true)).as(name + written).isEqualTo(special);
                assertThat(tokenizer.prompt(written))
                        .as(name + written)
                        .isEqualTo(addsEnd ? Arrays.copyOf(special, special.length - 1) : special);
                assertThat(tokenizer.decode(plain, false))
                        .isEqualTo(text.path("decoded").asText());
                assertThat(tokenizer.decode(special, true))
                        .isEqualTo(text.path("decoded_special").asText());
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tokenizers")
    void promptAndResponseAreEncodedTogetherAndSplit(String name, JsonNode rules, JsonNode around) throws IOException {
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.open(GoldenText.write(directory, rules, around))) {
            for (JsonNode example : around.path("examples")) {
                TokenSequence expected = new TokenSequence(
                        ints(example.path("tokens")), example.path("split").asInt());
                assertThat(tokenizer.example(
                                example.path("prompt").asText(),
                                example.path("response").asText()))
                        .as(name + example)
                        .isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tokenizers")
    void aStreamOfTokensGivesTheTextThatTheLibrarysStreamGives(String name, JsonNode rules, JsonNode around)
            throws IOException {
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.open(GoldenText.write(directory, rules, around))) {
            for (JsonNode stream : around.path("streams")) {
                assertThat(tokenizer.pieces(ints(stream.path("before")), ints(stream.path("tokens"))))
                        .as(name + stream)
                        .isEqualTo(StreamSupport.stream(stream.path("pieces").spliterator(), false)
                                .map(JsonNode::asText)
                                .toList());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\uD83D", "cut \uD83D and whole \uD83D\uDC4B", "\uDC4B", "\uDC4B\uD83D", "\uD83D\uD83D\uDC4B"})
    void halfACharacterIsRefusedEverywhere(String text) throws IOException {
        Arguments first = tokenizers().findFirst().orElseThrow();
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.open(
                GoldenText.write(directory, (JsonNode) first.get()[1], (JsonNode) first.get()[2]))) {
            for (Runnable reading : List.<Runnable>of(
                    () -> tokenizer.encode(text, true),
                    () -> tokenizer.prompt(text),
                    () -> tokenizer.example("prompt", text))) {
                assertThatThrownBy(reading::run)
                        .isInstanceOfSatisfying(
                                RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                        .hasMessageContaining("half a character");
            }
        }
    }

    private static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }
}
