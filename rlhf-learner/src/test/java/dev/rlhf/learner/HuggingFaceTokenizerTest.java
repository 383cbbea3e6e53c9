package dev.rlhf.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HuggingFaceTokenizerTest {
    private static final String RULES = """
            {"version": "1.0",
             "added_tokens": [{"id": 0, "content": "<end>", "special": true, "single_word": false, "lstrip": false,
                               "rstrip": false, "normalized": false}],
             "normalizer": null,
             "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "."}, "behavior": "Isolated", "invert": false},
             "post_processor": null,
             "decoder": {"type": "Fuse"},
             "model": {"type": "WordLevel", "vocab": {"<end>": 0, "a": 1, "b": 2, "=": 3}, "unk_token": "="}}
            """;

    @TempDir
    private Path directory;

    @Test
    void aTextThatSaysItsEndIsNotEndedTwice() throws IOException {
        String rules = RULES.replace(
                "\"added_tokens\": [",
                "\"added_tokens\": [{\"id\": 4, \"content\": \"<turn>\", \"special\": true,"
                        + " \"single_word\": false, \"lstrip\": false, \"rstrip\": false, \"normalized\": false},");
        write(rules, "{\"eos_token\": \"<end>\"}");
        Files.writeString(directory.resolve("config.json"), "{\"eos_token_id\": 0}");
        Files.writeString(directory.resolve("generation_config.json"), "{\"eos_token_id\": [0, 2, 4]}");
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.open(directory)) {
            assertThat(tokenizer.example("a", "b").tokens()).containsExactly(1, 2, 0);
            assertThat(tokenizer.example("a", "a<end>").tokens()).containsExactly(1, 1, 0);
            assertThat(tokenizer.example("a", "a<turn>").tokens()).containsExactly(1, 1, 4);
            assertThat(tokenizer.example("a", "a<turn><end>").tokens()).containsExactly(1, 1, 4);
            assertThat(tokenizer.example("a", "").tokens()).containsExactly(1, 0);
        }
    }

    @Test
    void aModelThatHasNoBeginningIsGivenNone() throws IOException {
        String rules = RULES.replace(
                "\"post_processor\": null",
                "\"post_processor\": {\"type\": \"TemplateProcessing\","
                        + " \"single\": [{\"SpecialToken\": {\"id\": \"<end>\", \"type_id\": 0}}, {\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}],"
                        + " \"pair\": [{\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}, {\"Sequence\": {\"id\": \"B\", \"type_id\": 1}}],"
                        + " \"special_tokens\": {\"<end>\": {\"id\": \"<end>\", \"ids\": [0], \"tokens\": [\"<end>\"]}}}");
        write(rules, "{\"eos_token\": \"<end>\"}");
        for (String config : List.of("{}", "{\"bos_token_id\": 0}", "{\"bos_token_id\": null}")) {
            Files.writeString(directory.resolve("config.json"), config);
            try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.open(directory)) {
                int[] bare = {1, 2};
                int[] begun = {0, 1, 2};
                assertThat(tokenizer.prompt("ab")).as(config).isEqualTo(config.contains("null") ? bare : begun);
                assertThat(tokenizer.encode("ab", true))
                        .as("what is asked of the tokenizer itself")
                        .isEqualTo(begun);
            }
        }
    }

    @Test
    void encodesAndDecodesCharacters() throws IOException {
        write(RULES, "{\"eos_token\": \"<end>\"}");
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.open(directory)) {
            assertThat(tokenizer.encode("ab=ba")).containsExactly(1, 2, 3, 2, 1);
            assertThat(tokenizer.encode("a<end>")).containsExactly(1, 0);
            assertThat(tokenizer.decode(new int[] {1, 2, 0})).isEqualTo("ab");
            assertThat(tokenizer.endOfSequence()).isZero();
            assertThat(tokenizer.vocabularySize()).isEqualTo(4);
        }
    }

    @Test
    void withoutAnEndTokenItIsTheUsersMistake() throws IOException {
        write(RULES, "{\"pad_token\": \"<end>\"}");
        assertRefused(HuggingFaceTokenizer.CONFIG_FILE);
        write(RULES, "{\"eos_token\": null}");
        assertRefused(HuggingFaceTokenizer.CONFIG_FILE);
        write(RULES, "{\"eos_token\": {\"content\": \"<stop>\"}}");
        assertRefused("<stop>");
    }

    @Test
    void aDamagedFileIsNamed() throws IOException {
        write("{\"version\"", "{\"eos_token\": \"<end>\"}");
        assertRefused(HuggingFaceTokenizer.FILE);
    }

    @Test
    void aFileThatIsNoTokenizerIsNamedWithoutTheLibrarysWords() throws IOException {
        write(RULES.replace("WordLevel", "Wordlevel"), "{\"eos_token\": \"<end>\"}");
        assertThatThrownBy(() -> HuggingFaceTokenizer.open(directory).close())
                .isInstanceOfSatisfying(
                        RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContaining("tokenizer.json is not a tokenizer that can be read")
                .hasMessageNotContainingAny("data did not match", "Exception", "variant", "line 1");
    }

    @Test
    void aCharacterThatTheTokenizerLacksIsTheUsersMistake() throws IOException {
        write(RULES.replace("\"unk_token\": \"=\"", "\"unk_token\": \"<none>\""), "{\"eos_token\": \"<end>\"}");
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.open(directory)) {
            assertThat(tokenizer.encode("ab")).containsExactly(1, 2);
            assertThatThrownBy(() -> tokenizer.encode("az"))
                    .isInstanceOfSatisfying(
                            RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                    .hasMessageContaining("no token for a part of 'az'")
                    .hasMessageContaining("unk_token");
        }
    }

    /** As transformers does: a token that tokenizer_config.json names is special, whatever tokenizer.json says of it. */
    @Test
    void aTokenThatTheConfigurationNamesIsSpecial() throws IOException {
        String plain = RULES.replace("\"special\": true", "\"special\": false");
        String unlisted = RULES.replaceAll("\\[\\{\"id\": 0[^\\]]*\\]", "[]");
        assertThat(unlisted).doesNotContain("\"content\"");
        for (String rules : new String[] {RULES, plain, unlisted}) {
            write(rules, "{\"eos_token\": {\"content\": \"<end>\"}}");
            try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.open(directory)) {
                assertThat(tokenizer.encode("a<end>b")).containsExactly(1, 0, 2);
                assertThat(tokenizer.decode(new int[] {1, 0, 2})).isEqualTo("ab");
                assertThat(tokenizer.decode(new int[] {1, 0}, true)).isEqualTo("a<end>");
            }
        }
    }

    private void assertRefused(String named) {
        assertThatThrownBy(() -> HuggingFaceTokenizer.open(directory).close())
                .isInstanceOfSatisfying(
                        RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContaining(named);
    }

    private void write(String rules, String config) throws IOException {
        Files.writeString(directory.resolve(HuggingFaceTokenizer.FILE), rules);
        Files.writeString(directory.resolve(HuggingFaceTokenizer.CONFIG_FILE), config);
    }
}
