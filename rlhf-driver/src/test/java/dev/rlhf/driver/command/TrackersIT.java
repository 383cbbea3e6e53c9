package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.driver.checkpoint.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is killed and goes on, read back by a real TensorBoard, from a real MLflow server and from files of W&amp;B's client. */
class TrackersIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int STEPS = 40;

    private static final String RECIPE = SmallRecipe.HEAD + """
            trackers:
              - {kind: tensorboard}
              - {kind: mlflow, url: "%s", experiment: spelling}
            stages:
              - name: sft
                kind: sft
                steps: 40
                batch-size: 4
                data: {kind: spelling}
                evaluation: {every-steps: 10, limit: 8}
            """;

    @TempDir
    Path folder;

    @Test
    void aRunThatWasKilledIsOneRunWithEveryStepOnce() throws IOException {
        Path out = folder.resolve("run");
        try (LocalMlFlow mlflow = LocalMlFlow.start(folder)) {
            Path recipe = Files.writeString(folder.resolve("small.yaml"), RECIPE.formatted(mlflow.url()));
            try (RlhfProcess run = start(recipe, out)) {
                run.await("step 25", () -> reached(out, 25));
                run.kill();
            }
            try (RlhfProcess run = start(recipe, out, "--resume")) {
                assertThat(run.exitCode()).as(run.printed()).isZero();
            }
            Map<String, Map<Integer, Double>> expected = told(out);
            assertThat(expected.get("sft/loss")).hasSize(STEPS);
            assertThat(expected.get("sft/eval_loss")).containsOnlyKeys(0, 10, 20, 30, 40);
            JsonNode events = JSON.readTree(TrackerPrograms.script("events.py", out.resolve("tensorboard"), Map.of()));
            JsonNode run = mlflow.onlyRun("spelling");
            assertThat(run.path("info").path("status").asText()).isEqualTo("FINISHED");
            assertThat(run.path("info").path("run_name").asText()).isEqualTo("run");
            assertThat(run.path("data").path("params").findValuesAsText("key"))
                    .contains("seed", "stages.sft.optimiser.learning-rate");
            String id = run.path("info").path("run_id").asText();
            expected.forEach((key, numbers) -> {
                assertThat(events.path(key))
                        .as("TensorBoard's %s, each step once", key)
                        .hasSize(numbers.size());
                assertThat(byStep(events.path(key), "/0", "/1"))
                        .as("TensorBoard's %s", key)
                        .isEqualTo(floats(numbers));
                assertThat(byStep(mlflow.history(id, key), "/step", "/value"))
                        .as("MLflow's %s", key)
                        .isEqualTo(numbers);
            });
            weightsAndBiasesIsToldByItsOwnClient(
                    out, Set.copyOf(expected.getOrDefault("sft/loss", Map.of()).values()));
        }
    }

    /** Its offline file has each number as text, but for one that the end of a block of the file may cut. */
    private static void weightsAndBiasesIsToldByItsOwnClient(Path out, Set<Double> losses) throws IOException {
        TrackerPrograms.script(
                "to_wandb.py",
                out,
                Map.of("WANDB_MODE", "offline", "WANDB_ERROR_REPORTING", "false", "WANDB_SILENT", "true"));
        Set<Double> told = new HashSet<>();
        for (Path file : DurableFiles.files(out.resolve("wandb"))) {
            if (file.toString().endsWith(".wandb")) {
                Pattern.compile("sft/loss[^0-9]{1,4}([0-9.]+)")
                        .matcher(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .results()
                        .forEach(loss -> told.add(Double.valueOf(loss.group(1))));
            }
        }
        assertThat(losses).containsAll(told);
        assertThat(told).hasSizeGreaterThanOrEqualTo(losses.size() - 1);
    }

    private RlhfProcess start(Path recipe, Path out, String... more) {
        List<String> arguments = new ArrayList<>(List.of("run", recipe.toString(), "--out", out.toString()));
        arguments.addAll(List.of(more));
        return RlhfProcess.start(folder.resolve("run.log"), arguments.toArray(String[]::new));
    }

    /** Numbers of the run's own files by their key and the step of the run. */
    private static Map<String, Map<Integer, Double>> told(Path out) throws IOException {
        Map<String, Map<Integer, Double>> numbers = new TreeMap<>();
        for (String file : List.of("metrics.jsonl", "evaluations.jsonl")) {
            for (String text : Files.readAllLines(out.resolve(file))) {
                JsonNode line = JSON.readTree(text);
                line.properties().forEach(field -> {
                    if (field.getValue().isNumber() && !field.getKey().matches("time_.*|(run_)?step")) {
                        numbers.computeIfAbsent("sft/" + field.getKey(), key -> new TreeMap<>())
                                .put(
                                        line.path("run_step").asInt(),
                                        field.getValue().asDouble());
                    }
                });
            }
        }
        return numbers;
    }

    private static Map<Integer, Double> byStep(JsonNode numbers, String step, String value) {
        Map<Integer, Double> map = new TreeMap<>();
        numbers.forEach(one -> map.put(one.at(step).asInt(), one.at(value).asDouble()));
        return map;
    }

    /** As TensorBoard keeps them. */
    private static Map<Integer, Double> floats(Map<Integer, Double> numbers) {
        Map<Integer, Double> rounded = new TreeMap<>(numbers);
        rounded.replaceAll((step, value) -> (double) value.floatValue());
        return rounded;
    }

    private static boolean reached(Path out, int step) {
        try {
            Path lines = out.resolve("metrics.jsonl");
            return Files.exists(lines) && Files.readString(lines).contains("\"run_step\":" + step + ",");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
