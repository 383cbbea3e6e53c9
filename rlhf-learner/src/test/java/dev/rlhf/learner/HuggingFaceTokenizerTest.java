package dev.rlhf.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
