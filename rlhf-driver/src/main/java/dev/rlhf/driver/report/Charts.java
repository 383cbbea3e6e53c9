package dev.rlhf.driver.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.driver.observe.Metrics;
import dev.rlhf.driver.report.ChartKind.Line;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The charts of one stage. */
final class Charts {
    private static final String EVALUATION = "eval_";
    private static final String LOSS = "loss";
    private static final String TIME = "time_";
    private static final String STEP_TIME = "time_step_s";

    /** Phases that take less of a step's time are left out. */
    private static final double LEAST_SHARE = 0.005;

    /** Numbers that count, or that other charts hold the better part of. */
    private static final Set<String> NOT_DRAWN = Set.of("step", "run_step", "reward_std", STEP_TIME);

    /** A loss that never leaves this distance from zero is zero but for rounding. */
    private static final double NOISE = 1e-6;

    private final StageRecord stage;
    private final Set<String> numbers;
    private final List<ChartKind> kinds;

    Charts(StageRecord stage) {
        this.stage = stage;
        this.numbers = stage.numbers();
        this.kinds = kinds();
    }

    /** The charts that the page explains, where the stage has numbers for them that say something. */
    List<Chart> explained() {
        return kinds.stream()
                .filter(kind -> !lines(kind).isEmpty())
                .map(kind -> draw(kind, lines(kind)))
                .toList();
    }

    /** What is not drawn and why. */
    List<String> remarks() {
        if (!noise(LOSS)) {
            return List.of();
        }
        double most = Arrays.stream(values(LOSS))
                .filter(Double::isFinite)
                .map(Math::abs)
                .max()
                .orElse(0);
        String remark = "The loss has no chart: it is zero but for rounding (at most " + Words.power(most) + ").";
        return List.of(
                StageFamily.of(stage.recipe()) == StageFamily.REWARDS
                        ? remark
                                + " With one update on each batch it is so by construction, for answers are compared with"
                                + " the very model that wrote them and their advantages average out; the gradient is not"
                                + " zero, and the reward tells how training goes."
                        : remark);
    }

    /** A bare chart of each number that no explained chart holds. */
    List<Chart> others() {
        Set<String> names = new TreeSet<>(numbers);
        names.removeAll(NOT_DRAWN);
        names.removeIf(name -> name.startsWith(TIME) || name.startsWith(EVALUATION) || noise(name));
        kinds.forEach(kind -> lines(kind).forEach(line -> names.remove(line.metric())));
        return names.stream()
                .map(name -> ChartKind.of(name.replace('_', ' '), ChartForm.NUMBER, name, ""))
                .map(kind -> draw(kind, kind.lines()))
                .toList();
    }

    private List<ChartKind> kinds() {
        StageFamily family = StageFamily.of(stage.recipe());
        List<ChartKind> chosen = new ArrayList<>(ChartKinds.ALL);
        chosen.removeIf(kind -> !kind.families().contains(family));
        List<Line> parts = numbers.stream()
                .flatMap(name ->
                        Metrics.rewardOf(name).map(reward -> new Line(reward.replace('-', ' '), name)).stream())
                .toList();
        if (parts.size() > 1) {
            chosen.add(1 + chosen.indexOf(ChartKinds.REWARD_KIND), ChartKinds.rewardParts(parts));
        }
        return chosen;
    }

    private Chart draw(ChartKind kind, List<Line> lines) {
        List<StepNumbers> source = source(lines.get(0).metric());
        int size = ThinnedSeries.stepsPerPoint(source.size());
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("form", kind.form().text());
        data.put("stepsPerPoint", size);
        ArrayNode steps = data.putArray("steps");
        for (int end = size; end < source.size() + size; end += size) {
            steps.add(source.get(Math.min(end, source.size()) - 1).step());
        }
        ArrayNode labels = data.putArray("labels");
        ArrayNode colours = data.putArray("colours");
        ArrayNode values = data.putArray("values");
        for (Line line : lines) {
            labels.add(line.label());
            colours.add(kind.lines().indexOf(line));
            add(values.addArray(), ThinnedSeries.of(values(line.metric()), size));
        }
        return new Chart(kind.title(), kind.words(), data.toString());
    }

    /** The lines of a chart that are worth the space: a phase that takes time, a number that is there and changes. */
    private List<Line> lines(ChartKind kind) {
        double timed = stage.sum(STEP_TIME);
        return kind.lines().stream()
                .filter(line -> kind.form() == ChartForm.STACKED_SECONDS
                        ? Arrays.stream(values(line.metric())).sum() > LEAST_SHARE * timed
                        : changes(line.metric()))
                .toList();
    }

    /** Where a number stands: evaluations have steps of their own, among them step 0. */
    private List<StepNumbers> source(String metric) {
        return metric.startsWith(EVALUATION) ? stage.evaluations() : stage.steps();
    }

    private boolean noise(String metric) {
        return metric.equals(LOSS)
                && numbers.contains(LOSS)
                && Arrays.stream(stage.values(LOSS)).filter(Double::isFinite).allMatch(loss -> Math.abs(loss) < NOISE);
    }

    private boolean changes(String metric) {
        if (metric.startsWith(EVALUATION)) {
            return Arrays.stream(values(metric)).anyMatch(Double::isFinite);
        }
        if (!numbers.contains(metric) || noise(metric)) {
            return false;
        }
        double[] values = values(metric);
        return values.length == 1
                || Arrays.stream(values).filter(Double::isFinite).distinct().count() > 1;
    }

    private double[] values(String metric) {
        if (!metric.equals(ChartKinds.OTHER_TIME)) {
            return StageRecord.values(source(metric), metric);
        }
        double[] rest = stage.values(STEP_TIME);
        numbers.stream()
                .filter(name -> name.startsWith(TIME) && !name.equals(STEP_TIME))
                .map(stage::values)
                .forEach(phase -> Arrays.setAll(rest, i -> rest[i] - phase[i]));
        return rest;
    }

    private static void add(ArrayNode array, List<@Nullable Double> points) {
        for (Double point : points) {
            if (point != null && point == Math.rint(point)) {
                array.add(point.longValue());
            } else {
                array.add(point);
            }
        }
    }
}
