package dev.rlhf.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.driver.recipe.Recipes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What can be seen of the Kubernetes for tests without bringing it up: its scripts and its recipe. */
class TestClusterTest {
    private static final Path TOOLS = Path.of("..", "tools", "cluster");

    static Stream<Path> scripts() throws IOException {
        try (Stream<Path> files = Files.walk(TOOLS)) {
            return files.filter(Files::isRegularFile).filter(TestClusterTest::ofBash).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void theShellCanReadEveryScript(Path script) throws Exception {
        Process bash = new ProcessBuilder("bash", "-n", script.toString())
                .redirectErrorStream(true)
                .start();
        String printed = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(bash.exitValue()).as(printed).isZero();
    }

    @Test
    void theScriptsAreFound() throws IOException {
        assertThat(scripts().map(script -> TOOLS.relativize(script).toString()))
                .contains("up", "down", "fault", "check", "end-to-end", "deployment/train.sh");
    }

    @Test
    void whatItTrainsIsARecipe() {
        Recipes.read(
                TOOLS.resolve("deployment/recipe.yaml"),
                List.of(
                        "runtime=ray",
                        "runtime.learner=[{name: learner, amount: 1}]",
                        "generation=vllm",
                        "generation.endpoints=[http://served-vllm-0.served-vllm.rlhf.svc:8000]"));
    }

    private static boolean ofBash(Path file) {
        try {
            return file.toString().endsWith(".sh") || Files.readString(file).startsWith("#!/usr/bin/env bash\n");
        } catch (IOException notText) {
            return false;
        }
    }
}
