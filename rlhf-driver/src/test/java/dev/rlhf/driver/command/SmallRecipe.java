package dev.rlhf.driver.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A recipe of a model with a few thousand parameters and of a few steps.
 *
 * @param folder where the recipe and what belongs to it are
 */
record SmallRecipe(Path folder) {
    /** The model, one line, and the checkpoints. */
    static final String HEAD = """
            name: small
            model: {kind: random, hidden-size: 16, layers: 1, attention-heads: 2, key-value-heads: 1, head-size: 8, \
            intermediate-size: 32, context-length: 32, \
            tokenizer: {kind: characters, alphabet: "abcdefghijklmnopqrstuvwxyz>"}}
            checkpoint: {every-steps: 2, keep: 3}
            """;

    /** Six steps of SFT on the words. */
    static final String SFT = """
            stages:
              - {name: sft, kind: sft, steps: 6, batch-size: 4, data: {kind: spelling}}
            """;

    /** SFT, then two steps of GRPO. */
    static final String SFT_THEN_GRPO = SFT + """
              - name: grpo
                kind: grpo
                from: sft
                steps: 2
                prompts-per-step: 2
                sampling: {samples-per-prompt: 2, max-tokens: 4}
                data: {kind: spelling}
                rewards: [{kind: position-match}]
            """;

    /** Writes {@code small.yaml} with these stages. */
    Path with(String stages) {
        return text(HEAD + stages);
    }

    /** Writes {@code small.yaml}. */
    Path text(String yaml) {
        return file("small.yaml", yaml);
    }

    /** Writes a file beside the recipe. */
    Path file(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The run's directory. */
    Path out() {
        return folder.resolve("run");
    }

    /** Runs {@code small.yaml} in {@link #out}. */
    Invocation run(String... more) {
        return runIn(out(), more);
    }

    /** Runs {@code small.yaml} in a directory of its own. */
    Invocation runIn(Path directory, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("run", folder.resolve("small.yaml").toString(), "--out", directory.toString()));
        arguments.addAll(List.of(more));
        return Invocation.of(arguments.toArray(String[]::new));
    }
}
