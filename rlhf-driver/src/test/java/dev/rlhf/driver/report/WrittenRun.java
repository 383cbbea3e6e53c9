package dev.rlhf.driver.report;

import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.run.Evaluation;
import dev.rlhf.core.run.Sample;
import dev.rlhf.core.run.StepReport;
import dev.rlhf.driver.checkpoint.RunDirectory;
import dev.rlhf.driver.observe.RunLines;
import dev.rlhf.driver.observe.StageEvaluation;
import dev.rlhf.driver.observe.StageResult;
import dev.rlhf.driver.observe.StageStep;
import dev.rlhf.driver.observe.Summary;
import dev.rlhf.driver.recipe.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;

/** A run's directory as the run's own observers write it. */
final class WrittenRun {
    /** SFT, a reward model, PPO and GRPO. */
    static final Path ALL_STAGES = Path.of("..", "recipes", "quickstart.yaml");

    private static final List<String> STEPS = List.of(
            "stages.sft.steps=2", "stages.reward-model.steps=2", "stages.ppo.steps=100", "stages.grpo.steps=100");

    private static final WeightVersion VERSION = new WeightVersion(1);
    private static final Map<String, Double> SECONDS = Map.of("generate", 0.25, "update", 0.5, "step", 1.0);

    private final RunDirectory files;
    private final RunLines lines;
    private int runSteps;

    WrittenRun(Path directory, String resolved) throws IOException {
        this.files = new RunDirectory(directory);
        this.lines = new RunLines(files);
        Files.writeString(files.resolved(), resolved);
    }

    /** A run of the shipped recipe with every stage, before its first step. */
    static WrittenRun ofAllStages(Path directory) throws IOException {
        return new WrittenRun(directory, Recipes.write(Recipes.read(ALL_STAGES, STEPS)));
    }

    /** Two steps of each stage, and the summary. */
    static WrittenRun finished(Path directory) throws IOException {
        WrittenRun run = ofAllStages(directory);
        run.steps("sft", 2, Map.of("loss", 2.0, "entropy", 1.0));
        run.steps("reward-model", 2, Map.of("loss", 0.6, "pair_accuracy", 0.75, "pair_margin", 0.2));
        run.steps("ppo", 2, Map.of("reward_mean", 0.25, "kl", 0.5, "critic_explained_variance", 0.1));
        run.steps("grpo", 2, Map.of("reward_mean", 0.5, "reward_exact_match", 0.25, "reward_position_match", 0.75));
        run.sample("ppo", 1, "early>", "ylrae", 0.125);
        run.sample("ppo", 2, "late>", "etal", 0.875);
        run.sample("grpo", 1, "other>", "rehto", 1);
        new Summary(List.of(
                        new StageResult("sft", "sft", 2, 0.5, null, null, null, 9.5, null, null, null, null, null),
                        new StageResult(
                                "reward-model",
                                "reward-model",
                                2,
                                null,
                                null,
                                null,
                                0.875,
                                75,
                                null,
                                null,
                                null,
                                null,
                                null),
                        new StageResult("ppo", "ppo", 100, 0.6, 0.25, 0.5, null, 60, null, null, null, null, null),
                        new StageResult("grpo", "grpo", 100, 0.45, 0.5, 1.5, null, 3700, null, null, null, null, null)))
                .write(run.files.summary());
        return run;
    }

    /** Writes steps whose numbers grow a little from one to the next. */
    void steps(String stage, int count, Map<String, Double> first) {
        for (int step = 1; step <= count; step++) {
            Map<String, Double> values = new HashMap<>(first);
            double grown = 0.01 * (step - 1);
            values.replaceAll((name, value) -> value + grown);
            step(stage, step, values);
        }
    }

    void step(String stage, int step, Map<String, Double> values) {
        runSteps++;
        lines.stepDone(new StageStep(stage, runSteps, new StepReport(step, VERSION, values, SECONDS, List.of())));
    }

    void sample(String stage, int step, String prompt, String response, double reward) throws IOException {
        samples(stage, step, new Sample(Sample.Pick.FIRST, prompt, response, reward, null, Map.of()));
    }

    void evaluation(String stage, int step, Map<String, Double> values, Sample... answers) {
        StageEvaluation done =
                new StageEvaluation(stage, runSteps, new Evaluation(step, VERSION, values, List.of(answers)), 0.5);
        lines.evaluated(done);
    }

    /** Samples of a step whose numbers are written apart. */
    void samples(String stage, int step, Sample... kept) throws IOException {
        RunDirectory apart =
                new RunDirectory(Files.createDirectories(files.root().resolve("apart")));
        new RunLines(apart)
                .stepDone(new StageStep(stage, step, new StepReport(step, VERSION, Map.of(), SECONDS, List.of(kept))));
        Files.write(
                files.samples(),
                Files.readAllBytes(apart.samples()),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        Files.delete(apart.samples());
    }

    /** What a run that is killed while it writes leaves at the end of its metrics. */
    void halfWrittenStep() throws IOException {
        Files.writeString(files.metrics(), "{\"stage\":\"sft\",\"step\":3,\"lo", StandardOpenOption.APPEND);
    }

    /** The page, written and parsed. */
    Document page() throws IOException {
        Path page = RunReport.write(files.root());
        return Jsoup.parse(page.toFile(), "UTF-8");
    }
}
