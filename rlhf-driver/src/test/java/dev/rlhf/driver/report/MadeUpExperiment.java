package dev.rlhf.driver.report;

import dev.rlhf.experiment.design.Cell;
import dev.rlhf.experiment.design.Change;
import dev.rlhf.experiment.design.Comparison;
import dev.rlhf.experiment.design.Comparison.Expectation;
import dev.rlhf.experiment.design.Curve;
import dev.rlhf.experiment.design.Difference;
import dev.rlhf.experiment.design.Experiment;
import dev.rlhf.experiment.design.Factor;
import dev.rlhf.experiment.design.Level;
import dev.rlhf.experiment.design.Measure;
import dev.rlhf.experiment.design.Part;
import dev.rlhf.experiment.design.Trend;
import dev.rlhf.experiment.result.CellResult;
import dev.rlhf.experiment.result.CellResult.Point;
import dev.rlhf.experiment.result.Results;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An experiment that nobody ran: β by three, an advantage by three, three seeds, and one run that failed. */
final class MadeUpExperiment {
    static final String ATTACK = "<script>alert('β')</script>";
    static final String COMMAND = "./rlhf experiment experiments/kl.yaml --out runs/kl";
    static final String REWARD = "eval_accuracy";
    static final String KL = "eval_kl";
    static final Trend TREND = new Trend("kl", "beta", List.of("advantage"), List.of(), Expectation.FALLS);

    static final Change CHANGE =
            new Change("after", "before", List.of("beta"), List.of("advantage=group"), Expectation.RISES);

    private static final List<String> BETAS = List.of("0.001", "0.01", "0.1");
    private static final List<String> ADVANTAGES = List.of("group", "leave-one-out", "baseline");
    static final List<String> REMARKS = List.of("The run base/seed-1 was done at the second try " + ATTACK + ".");
    private static final double FAILED = 2;
    private static final List<Double> NOISE = List.of(-0.31, 0.12, 0.23, 0.05, -0.17, 0.29, -0.08);

    private MadeUpExperiment() {}

    static Experiment experiment(List<Integer> seeds, Comparison... comparisons) {
        return new Experiment(
                "kl-penalty",
                "Does a larger β keep the policy nearer to its reference, and what does that cost? " + ATTACK,
                "The KL penalty weighs β·KL(π ‖ π_ref) against the reward, so KL falls as β grows (Ziegler et al. 2019, arXiv 1909.08593).",
                "A KL that does not fall over β at some advantage, over more seeds.",
                seeds,
                List.of(
                        new Part("base", Path.of("../recipes/base.yaml"), List.of(), List.of(), 10),
                        new Part(
                                "train",
                                Path.of("../recipes/train.yaml"),
                                List.of("beta", "advantage"),
                                List.of("model.path={base}/model"),
                                60)),
                List.of(
                        factor("beta", "β", "stages.rl.kl", BETAS),
                        factor("advantage", "advantage", "stages.rl.advantage.kind", ADVANTAGES)),
                List.of(
                        new Measure("kl", "KL to the reference, nats a sequence", "train", "rl", KL, Measure.At.END),
                        new Measure(
                                "before", "held-out accuracy before training", "train", "rl", REWARD, Measure.At.START),
                        new Measure(
                                "after", "held-out accuracy after training", "train", "rl", REWARD, Measure.At.END)),
                List.of(comparisons),
                curves(),
                List.of(),
                List.of());
    }

    private static List<Curve> curves() {
        return List.of(
                new Curve(
                        "Accuracy along the way",
                        "A smaller β goes further.",
                        "train",
                        "rl",
                        List.of(REWARD),
                        List.of("beta"),
                        Curve.Axis.ROOT_KL),
                new Curve(
                        "Both numbers over " + ATTACK,
                        "They part.",
                        "train",
                        "rl",
                        List.of(REWARD, KL),
                        List.of("beta"),
                        Curve.Axis.STEP));
    }

    private static Factor factor(String name, String words, String key, List<String> levels) {
        return new Factor(
                name,
                words,
                "train",
                levels.stream()
                        .map(level -> new Level(level, List.of(key + "=" + level)))
                        .toList());
    }

    /** Three seeds; the last seed's run at β 0.1 with a baseline failed. */
    static Results results() {
        return results(experiment(
                List.of(1, 2, 3),
                TREND,
                new Difference("after", "advantage", "group", "baseline", List.of(), List.of(), Expectation.NONE),
                CHANGE));
    }

    static Results results(Experiment experiment) {
        List<CellResult> cells = new ArrayList<>();
        experiment.cells().forEach(cell -> cells.add(cell.part().equals("base") ? base(cell) : run(cell)));
        Map<String, Object> times = new HashMap<>(Map.of("seconds", 1700.0, "finished", "2026-11-26T06:00:00Z"));
        return Results.of(
                experiment, cells, Map.of("kl.yaml", "ab".repeat(32), "base.yaml", "cd".repeat(32)), REMARKS, times);
    }

    private static CellResult base(Cell cell) {
        return new CellResult(cell, Map.of(), Map.of(), null);
    }

    private static CellResult run(Cell cell) {
        int beta = BETAS.indexOf(cell.levels().get("beta"));
        int advantage = ADVANTAGES.indexOf(cell.levels().get("advantage"));
        if (beta == FAILED && advantage == FAILED && cell.seed() == FAILED + 1) {
            return CellResult.failed(cell, "the loss of step 7 is not finite " + ATTACK);
        }
        List<Point> accuracy = new ArrayList<>();
        List<Point> overKl = new ArrayList<>();
        List<Point> kl = new ArrayList<>();
        for (int step = 0; step <= 100; step += 20) {
            double noise = NOISE.get((int) (step / 20 + 3 * beta + 5 * advantage + 2 * cell.seed()) % NOISE.size());
            double nats = (step == 0 ? 0 : (30 - 12 * beta - 2 * advantage + 4 * noise)) * step / 100;
            kl.add(new Point(step, step, nats));
            double share = 0.1 + 0.008 * step * (1 - 0.2 * beta) / (1 + 0.1 * advantage) + 0.1 * noise;
            accuracy.add(new Point(step, step, share));
            overKl.add(new Point(step, Math.sqrt(nats), share));
        }
        Map<String, List<Point>> curves = new HashMap<>();
        curves.put(CellResult.key(0, REWARD), overKl);
        curves.put(CellResult.key(1, REWARD), accuracy);
        curves.put(CellResult.key(1, KL), kl);
        Map<String, Double> values = Map.of(
                "kl",
                kl.get(5).value(),
                "before",
                accuracy.get(0).value(),
                "after",
                accuracy.get(5).value());
        return new CellResult(cell, values, curves, null);
    }
}
