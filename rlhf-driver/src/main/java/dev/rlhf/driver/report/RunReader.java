package dev.rlhf.driver.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.core.base.Constant;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.run.Sample;
import dev.rlhf.driver.checkpoint.RunDirectory;
import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.observe.StageResult;
import dev.rlhf.driver.observe.StepLines;
import dev.rlhf.driver.observe.Summary;
import dev.rlhf.driver.recipe.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads what a run has left in its directory so far; the run may still be at work. */
final class RunReader {
    private final RunDirectory directory;
    private final List<String> remarks = new ArrayList<>();

    private RunReader(RunDirectory directory) {
        this.directory = directory;
    }

    /**
     * Reads a run.
     *
     * @throws RlhfException USER when the directory holds no run; RESOURCE when a file cannot be read
     */
    static RunRecord read(RunDirectory directory) {
        if (!Files.isRegularFile(directory.resolved())) {
            throw RlhfException.user("there is no run in " + directory.root()
                    + " (no resolved.yaml); give the directory that a run wrote, e.g. one below runs/");
        }
        try {
            return new RunReader(directory).read();
        } catch (IOException e) {
            throw RlhfException.resource("cannot read the run in " + directory.root() + ": " + e.getMessage(), e);
        }
    }

    private RunRecord read() throws IOException {
        String resolved = Files.readString(directory.resolved());
        Recipe recipe = Recipes.parse(directory.resolved().toString(), resolved, directory.root(), List.of());
        boolean finished = Files.isRegularFile(directory.summary());
        Map<String, StageResult> results = finished ? results() : Map.of();
        Map<String, List<StepNumbers>> steps = byStage(directory.metrics(), RunReader::numbers);
        Map<String, List<StepNumbers>> evaluations = byStage(directory.evaluations(), RunReader::numbers);
        Map<String, List<StepSample>> samples = byStage(directory.samples(), RunReader::sample);
        List<StageRecord> stages = new ArrayList<>();
        for (StageRecipe stage : recipe.stages()) {
            stages.add(new StageRecord(
                    stage,
                    Optional.ofNullable(results.get(stage.name())),
                    steps.getOrDefault(stage.name(), List.of()),
                    evaluations.getOrDefault(stage.name(), List.of()),
                    samples.getOrDefault(stage.name(), List.of())));
        }
        return new RunRecord(recipe, resolved, stages, finished, lastChange(directory.metrics()), remarks);
    }

    private Map<String, StageResult> results() {
        return Summary.read(directory.summary()).stages().stream()
                .collect(Collectors.toMap(StageResult::name, Function.identity()));
    }

    /** Objects of a JSONL file by their stage; a file that is not there yet holds none. */
    private <T> Map<String, List<T>> byStage(Path file, Function<JsonNode, T> entry) throws IOException {
        Map<String, List<T>> stages = new HashMap<>();
        for (JsonNode line : StepLines.read(file, remarks)) {
            stages.computeIfAbsent(line.path("stage").asText(), stage -> new ArrayList<>())
                    .add(entry.apply(line));
        }
        return stages;
    }

    private static StepNumbers numbers(JsonNode line) {
        Map<String, Double> values = new LinkedHashMap<>();
        line.properties().forEach(field -> {
            if (field.getValue().isNumber() && Double.isFinite(field.getValue().doubleValue())) {
                values.put(field.getKey(), field.getValue().doubleValue());
            }
        });
        return new StepNumbers(line.path("step").asInt(), values);
    }

    private static StepSample sample(JsonNode line) {
        Map<String, Double> components = new LinkedHashMap<>();
        line.path("components")
                .properties()
                .forEach(part -> components.put(part.getKey(), part.getValue().asDouble()));
        Sample sample = new Sample(
                pick(line.path("pick").asText()),
                line.path("prompt").asText(),
                line.path("response").asText(),
                line.path("reward").asDouble(),
                line.path("expected").textValue(),
                components);
        return new StepSample(line.path("step").asInt(), sample);
    }

    /** Runs of before wrote the first answers of a step and no others. */
    private static Sample.Pick pick(String name) {
        return Arrays.stream(Sample.Pick.values())
                .filter(pick -> Constant.text(pick).equals(name))
                .findFirst()
                .orElse(Sample.Pick.FIRST);
    }

    private static Optional<Instant> lastChange(Path file) throws IOException {
        return Files.exists(file) ? Optional.of(Files.getLastModifiedTime(file).toInstant()) : Optional.empty();
    }
}
