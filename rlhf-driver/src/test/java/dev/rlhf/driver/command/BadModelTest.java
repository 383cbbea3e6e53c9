package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.ErrorKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BadModelTest {
    private static final int USER = ErrorKind.USER.exitCode();
    private static final String GIVEN = "name: small\nmodel: {kind: directory, path: model}\n";

    @TempDir
    Path folder;

    private SmallRecipe recipe;
    private Path model;

    @BeforeEach
    void makeModel() {
        recipe = new SmallRecipe(folder);
        model = folder.resolve("model");
        Path spec = recipe.with(SmallRecipe.SFT);
        Invocation.of("init", spec.toString(), "--to", model.toString()).assertDone();
        recipe.text(GIVEN + SmallRecipe.SFT);
    }

    @Test
    void aGivenModelIsTrained() {
        recipe.run().assertDone();

        assertThat(recipe.out().resolve("model/model.safetensors")).exists();
    }

    @Test
    void aMissingDirectoryIsNamed() {
        recipe.run("--set", "model.path=" + folder.resolve("modle"))
                .assertRefused(USER, "no such model directory: " + folder.resolve("modle"));
    }

    @Test
    void aMissingFileIsNamed() throws IOException {
        for (String name :
                new String[] {"config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"}) {
            Path file = model.resolve(name);
            Path elsewhere = Files.move(file, folder.resolve("away"));
            recipe.run().assertRefused(USER, "no such file: " + file);
            serve().assertRefused(USER, "no such file: " + file);
            Files.move(elsewhere, file);
        }
    }

    @Test
    void aConfigurationThatIsNoJsonIsNamed() throws IOException {
        Path file = Files.writeString(model.resolve("config.json"), "{\"hidden_size\": ");

        recipe.run().assertRefused(USER, "not JSON: " + file);
        serve().assertRefused(USER, "not JSON: " + file);
    }

    @Test
    void aTokenizerWithoutAnEndIsRefused() throws IOException {
        Path file = model.resolve("tokenizer_config.json");
        Files.writeString(file, Files.readString(file).replace("\"eos_token\" : \"<eos>\"", "\"eos_token\" : null"));

        recipe.run().assertRefused(USER, file + " names no eos_token");
        serve().assertRefused(USER, file + " names no eos_token");
    }

    @Test
    void truncatedWeightsAreRefused() throws IOException {
        Path file = model.resolve("model.safetensors");
        byte[] whole = Files.readAllBytes(file);
        for (int length : new int[] {0, 5, 100, whole.length - 1}) {
            Files.write(file, Arrays.copyOf(whole, length));
            recipe.run().assertRefused(USER, "not a whole safetensors file: " + file);
            serve().assertRefused(USER, "not a whole safetensors file: " + file);
        }
    }

    @Test
    void initAndExportRefuseAFolderThatHoldsSomething() {
        Path spec = folder.resolve("small.yaml");

        Invocation.of("init", spec.toString(), "--to", model.toString())
                .assertRefused(USER, model + " is not empty; choose another --to");
        recipe.run().assertDone();
        Invocation.of("export", recipe.out().toString(), "--to", model.toString())
                .assertRefused(USER, model + " is not empty; choose another --to");
        Invocation.of(
                        "export",
                        folder.resolve("nowhere").toString(),
                        "--to",
                        folder.resolve("new").toString())
                .assertRefused(USER, "there is no run in " + folder.resolve("nowhere"), "no model directory");
    }

    private Invocation serve() {
        return Invocation.of("serve", model.toString(), "--port", "0");
    }
}
