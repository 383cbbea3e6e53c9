package dev.rlhf.driver.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.driver.config.ModelRecipe;
import dev.rlhf.driver.config.TokenizerRecipe;
import dev.rlhf.learner.HuggingFaceTokenizer;
import dev.rlhf.learner.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelRecipeTest {
    private static final TokenizerRecipe LETTERS = new CharacterTokenizer("abcdefghijklmnopqrstuvwxyz>");

    @TempDir
    Path folder;

    @Test
    void charactersAreOneTokenEachAndComeBack() {
        try (HuggingFaceTokenizer tokenizer = build(LETTERS, "model")) {
            assertThat(tokenizer.encode("cat>")).containsExactly(4, 2, 21, 28);
            assertThat(tokenizer.decode(new int[] {4, 2, 21, tokenizer.endOfSequence()}))
                    .isEqualTo("cat");
            assertThat(tokenizer.vocabularySize()).isEqualTo(29);
            assertThat(tokenizer.encode("a!")).containsExactly(2, 1);
        }
    }

    @Test
    void bytesWriteAnyText() {
        String text = "Janet’s ducks\n\nAssistant: 16 €  — ok\t!";
        try (HuggingFaceTokenizer tokenizer = build(new ByteTokenizer(), "model")) {
            assertThat(tokenizer.vocabularySize()).isEqualTo(258);
            assertThat(tokenizer.encode("A\n")).containsExactly(2 + 'A', 2 + '\n');
            assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
        }
    }

    @Test
    void aTokenizerIsTakenFromAnotherDirectory() {
        build(LETTERS, "first").close();
        try (HuggingFaceTokenizer tokenizer = build(new CopiedTokenizer(folder.resolve("first")), "second")) {
            assertThat(tokenizer.encode("cat>")).containsExactly(4, 2, 21, 28);
        }
    }

    @Test
    void equalSeedsGiveEqualBytes() throws IOException {
        build(LETTERS, "first").close();
        build(LETTERS, "second").close();

        assertThat(Files.mismatch(
                        folder.resolve("first/model.safetensors"), folder.resolve("second/model.safetensors")))
                .isEqualTo(-1);
        assertThat(ModelConfig.read(folder.resolve("first")).endTokens()).containsExactly(0);
    }

    @Test
    void aTokenizerWithoutAnEndIsRefused() throws IOException {
        build(LETTERS, "first").close();
        Files.writeString(folder.resolve("first/tokenizer_config.json"), "{}");

        assertUser(new GivenModel(folder.resolve("first")), "tokenizer_config.json names no eos_token");
    }

    @Test
    void aMissingModelDirectoryIsNamed() {
        assertUser(new GivenModel(folder.resolve("none")), "no such model directory");
    }

    private void assertUser(ModelRecipe recipe, String message) {
        assertThatThrownBy(() -> recipe.build(new Seed(1), folder.resolve("made")))
                .isInstanceOfSatisfying(
                        RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContaining(message);
    }

    private HuggingFaceTokenizer build(TokenizerRecipe tokenizer, String name) {
        ModelRecipe recipe = new RandomModel(16, 1, 2, 1, 8, 32, 64, 10_000, 1e-6, true, tokenizer);
        return HuggingFaceTokenizer.open(recipe.build(new Seed(1), folder.resolve(name)));
    }
}
