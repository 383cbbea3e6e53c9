package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.observe.Metrics;
import dev.rlhf.driver.observe.StageResult;
import dev.rlhf.driver.observe.Summary;
import dev.rlhf.driver.recipe.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every recipe that is shipped goes through all its stages; of each the first steps. */
class RecipesIT {
    private static final int STEPS = 2;

    /** Of a line of metrics.jsonl, what is no number of a step. */
    private static final Set<String> KEYS = Set.of("stage", "step", "run_step", "weight_version");

    @TempDir
    Path folder;

    static List<Path> recipes() throws IOException {
        try (Stream<Path> files = Files.list(RlhfProcess.HOME.resolve("recipes"))) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void goesThrough(Path file) throws IOException {
        Recipe recipe = Recipes.read(file, List.of());
        List<String> arguments = new ArrayList<>(List.of("run", file.toString(), "--out", folder.toString()));
        for (StageRecipe stage : recipe.stages()) {
            arguments.addAll(List.of("--set", "stages." + stage.name() + ".steps=" + Math.min(STEPS, stage.steps())));
            if (stage.evaluation() != null) {
                arguments.addAll(List.of("--set", "stages." + stage.name() + ".evaluation.limit=20"));
            }
        }

        Invocation.of(arguments.toArray(String[]::new)).assertDone();

        assertThat(Summary.read(folder.resolve("summary.json")).stages())
                .extracting(StageResult::name)
                .isEqualTo(recipe.stages().stream().map(StageRecipe::name).toList());
        assertThat(Files.readAllLines(folder.resolve("metrics.jsonl")))
                .hasSize(STEPS * recipe.stages().size());
        assertThat(folder.resolve("model/model.safetensors")).isNotEmptyFile();
        for (String line : Files.readAllLines(folder.resolve("metrics.jsonl"))) {
            assertThat(new ObjectMapper().readTree(line).fieldNames())
                    .toIterable()
                    .filteredOn(number -> !KEYS.contains(number))
                    .allSatisfy(number -> assertThat(Metrics.of(number).isPresent()
                                    || Metrics.partOf(number).isPresent())
                            .as("words.yaml describes the number %s of %s", number, file)
                            .isTrue());
        }
    }
}
