package dev.rlhf.driver.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.driver.config.ModelRecipe;
import dev.rlhf.driver.config.TokenizerRecipe;
import dev.rlhf.learner.HuggingFaceTokenizer;
import dev.rlhf.learner.ModelDirectory;
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

    @Test
    void aModelOfAnyFamilyIsMadeOfItsConfig() throws IOException {
        Path made = initialised("""
                {"model_type": "qwen3", "vocab_size": 40, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
                 "num_key_value_heads": 1, "head_dim": 8, "intermediate_size": 32, "max_position_embeddings": 64,
                 "eos_token_id": [39, 38], "bos_token_id": 37, "pad_token_id": 5, "dtype": "bfloat16"}
                """).build(new Seed(1), folder.resolve("made"));

        ModelDirectory.of(made).check();
        ModelConfig config = ModelConfig.read(made);
        assertThat(config.family().modelType()).isEqualTo("qwen3");
        assertThat(config.vocabularySize()).isEqualTo(40);
        assertThat(config.endTokens()).as("the tokenizer's").containsExactly(0);
        assertThat(made.resolve(ModelConfig.FILE))
                .content()
                .contains("\"bos_token_id\" : null", "\"pad_token_id\" : null", "\"torch_dtype\" : \"float32\"")
                .contains("Qwen3ForCausalLM")
                .doesNotContain("bfloat16");
    }

    @Test
    void aConfigThatCannotBeMadeIsNamed() throws IOException {
        assertUser(
                initialised("{\"model_type\": \"bert\"}"), "bert.json: model_type is 'bert', which is not supported");
        assertUser(initialised("""
                        {"model_type": "llama", "vocab_size": 28, "hidden_size": 16, "num_hidden_layers": 1,
                         "num_attention_heads": 2, "intermediate_size": 32, "max_position_embeddings": 64}
                        """), "bert.json has a vocab_size of 28, but the tokenizer has token ids up to 28");
        assertUser(new InitialisedModel(folder.resolve("none.json"), LETTERS), "no such file");
    }

    private ModelRecipe initialised(String config) throws IOException {
        return new InitialisedModel(Files.writeString(folder.resolve("bert.json"), config), LETTERS);
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
