package dev.rlhf.driver.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.driver.report.ChartKind.Line;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The charts of one stage. */
final class Charts {
    private static final String REWARD_PART = "reward_";
    private static final String TIME = "time_";
    private static final String STEP_TIME = "time_step_s";

    /** Phases that take less of a step's time are left out. */
    private static final double LEAST_SHARE = 0.005;

    /** Numbers that count, or that other charts hold the better part of. */
    private static final Set<String> NOT_DRAWN = Set.of("step", "run_step", "reward_std", STEP_TIME);

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

    /** A bare chart of each number that no explained chart holds. */
    List<Chart> others() {
        Set<String> names = new TreeSet<>(numbers);
        names.removeAll(NOT_DRAWN);
        names.removeIf(name -> name.startsWith(TIME));
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
                .filter(name -> name.startsWith(REWARD_PART))
                .filter(name -> !name.equals(ChartKinds.REWARD) && !NOT_DRAWN.contains(name))
                .map(name -> new Line(name.substring(REWARD_PART.length()).replace('_', ' '), name))
                .toList();
        if (parts.size() > 1) {
            chosen.add(1, ChartKinds.rewardParts(parts));
        }
        return chosen;
    }

    private Chart draw(ChartKind kind, List<Line> lines) {
        int size = ThinnedSeries.stepsPerPoint(stage.steps().size());
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("form", kind.form().text());
        data.put("stepsPerPoint", size);
        ArrayNode steps = data.putArray("steps");
        for (int end = size; end < stage.steps().size() + size; end += size) {
            steps.add(stage.steps().get(Math.min(end, stage.steps().size()) - 1).step());
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

    private boolean changes(String metric) {
        if (!numbers.contains(metric)) {
            return false;
        }
        double[] values = values(metric);
        return values.length == 1
                || Arrays.stream(values).filter(Double::isFinite).distinct().count() > 1;
    }

    private double[] values(String metric) {
        if (!metric.equals(ChartKinds.OTHER_TIME)) {
            return stage.values(metric);
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
