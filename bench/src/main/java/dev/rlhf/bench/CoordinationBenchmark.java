package dev.rlhf.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.RunDirectory;
import dev.rlhf.driver.observe.ProgressLine;
import dev.rlhf.driver.run.RunLauncher;
import dev.rlhf.driver.run.RunRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;

/** What of an on-policy step is neither generating, scoring, updating nor syncing, in a shortened quickstart. */
record CoordinationBenchmark() implements Benchmark {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int WARM_UP = 5;
    private static final List<String> SETTINGS = List.of(
            "stages.sft.steps=10",
            "stages.reward-model.steps=10",
            "stages.reward-model.data.pairs=320",
            "stages.reward-model.data.held-out-pairs=40",
            "stages.ppo.steps=25",
            "stages.grpo.steps=25");

    @Override
    public String id() {
        return "coordination";
    }

    @Override
    public List<Measurement> measure(Workplace workplace) {
        Path file = workplace.root().resolve("recipes/quickstart.yaml");
        Path directory = workplace.folder().resolve("coordination");
        ProgressLine silent = new ProgressLine(
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8), false);
        try {
            RunLauncher.launch(
                    RunRequest.begin(file, SETTINGS, directory, new RunRequest.Options(Optional.empty(), false)),
                    silent);
            double[] shares = Files.readAllLines(new RunDirectory(directory).metrics()).stream()
                    .map(CoordinationBenchmark::read)
                    .filter(step -> step.path("time_generate_s").asDouble() > 0
                            && step.path("step").asInt() > WARM_UP)
                    .mapToDouble(CoordinationBenchmark::share)
                    .toArray();
            String rest = String.format("%.2f %% of a step", 100 * Measurement.median(shares));
            return List.of(new Measurement(
                    "coordination, quickstart's PPO and GRPO",
                    shares,
                    rest,
                    "",
                    new Measurement.Limit(false, 0.05, 0.01),
                    ""));
        } catch (IOException e) {
            throw RlhfException.resource("cannot read the run in " + directory + ": " + e.getMessage(), e);
        }
    }

    private static double share(JsonNode step) {
        double phases = DoubleStream.of(
                        step.path("time_generate_s").asDouble(),
                        step.path("time_score_s").asDouble(),
                        step.path("time_update_s").asDouble(),
                        step.path("time_sync_s").asDouble())
                .sum();
        double whole = step.path("time_step_s").asDouble();
        return (whole - phases) / whole;
    }

    private static JsonNode read(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
