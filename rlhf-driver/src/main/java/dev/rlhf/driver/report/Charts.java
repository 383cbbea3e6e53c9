package dev.rlhf.driver.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.driver.observe.Metric;
import dev.rlhf.driver.observe.Metrics;
import dev.rlhf.driver.observe.StageWords;
import dev.rlhf.driver.report.Chart.Line;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The charts of one stage. */
final class Charts {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String EVALUATION = "eval_";
    private static final String LOSS = "loss";
    private static final String TIME = "time_";
    private static final String STEP_TIME = "time_step_s";

    /** Not in the file: what of a step's time belongs to none of its phases. */
    private static final String OTHER_TIME = "time_other_s";

    /** Phases that take less of a step's time are left out. */
    private static final double LEAST_SHARE = 0.005;

    /** Numbers that count, or that other charts hold the better part of. */
    private static final Set<String> NOT_DRAWN = Set.of("step", "run_step", "reward_std");

    /** A loss that never leaves this distance from zero is zero but for rounding. */
    private static final double NOISE = 1e-6;

    private final StageRecord stage;
    private final Collection<List<Metric>> planned;
    private final Set<String> numbers;

    Charts(StageRecord stage, StageWords words) {
        this.stage = stage;
        this.planned = Metrics.charts(words.family(), words.purpose());
        this.numbers = stage.numbers();
    }

    /** The charts that the page explains, where the stage has numbers for them that say something. */
    List<Chart> explained() {
        return planned.stream()
                .map(metrics -> Chart.of(metrics, lines(metrics)))
                .filter(chart -> !drawn(chart).isEmpty())
                .toList();
    }

    /** A bare chart of each number that no explained chart holds. */
    List<Chart> others() {
        Set<String> names = new TreeSet<>(numbers);
        names.removeAll(NOT_DRAWN);
        names.removeIf(name -> name.startsWith(TIME) || name.startsWith(EVALUATION) || isNoise(name));
        explained().forEach(chart -> drawn(chart).forEach(line -> names.remove(line.number())));
        return names.stream().map(Chart::bare).toList();
    }

    /** What is not drawn and why. */
    List<String> remarks() {
        if (!isNoise(LOSS)) {
            return List.of();
        }
        double most = Arrays.stream(finite(LOSS)).map(Math::abs).max().orElse(0);
        String size = String.format(Locale.ROOT, "%.0e", most).replace("e-0", "e-");
        String why = planned.stream()
                .flatMap(List::stream)
                .filter(metric -> metric.number().equals(LOSS) && !metric.zero().isEmpty())
                .map(metric -> " " + metric.zero())
                .collect(Collectors.joining());
        return List.of("The loss has no chart: it is zero but for rounding (at most " + size + ")." + why);
    }

    /**
     * A chart as the page's script draws it, in JSON: how it is drawn, how many steps a point stands for, the last step of each point,
     * and for each line its label, the number of its colour and its values, null where a point has none.
     */
    String data(Chart chart) {
        // What is drawn bare is drawn even if it never changes.
        List<Line> lines = chart.words().isEmpty() ? chart.lines() : drawn(chart);
        List<StepNumbers> source = source(lines.get(0).number());
        int size = ThinnedSeries.stepsPerPoint(source.size());
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("form", chart.form());
        data.put("stepsPerPoint", size);
        data.put(
                "steps",
                IntStream.iterate(size, end -> end < source.size() + size, end -> end + size)
                        .map(end -> source.get(Math.min(end, source.size()) - 1).step())
                        .toArray());
        data.put("labels", lines.stream().map(Line::label).toList());
        data.put("colours", lines.stream().map(chart.lines()::indexOf).toList());
        data.put(
                "values",
                lines.stream()
                        .map(line -> ThinnedSeries.of(values(line.number()), size))
                        .toList());
        return JSON.valueToTree(data).toString();
    }

    private List<Line> lines(List<Metric> metrics) {
        return metrics.stream()
                .flatMap(metric -> metric.part().isEmpty()
                        ? Stream.of(new Line(metric.line(), metric.number()))
                        : parts(metric).stream())
                .toList();
    }

    private List<Line> parts(Metric whole) {
        List<Line> parts = numbers.stream()
                .flatMap(name -> Metrics.partOf(name)
                        .filter(part -> part.metric().equals(whole))
                        .stream()
                        .map(part -> new Line(part.name().replace('-', ' '), name)))
                .toList();
        // A single part of the reward is the reward itself.
        return parts.size() > 1 || !whole.equals(Metrics.rewardPart()) ? parts : List.of();
    }

    /** The lines of a chart that are worth the space: a phase that takes time, a number that is there and changes. */
    private List<Line> drawn(Chart chart) {
        double timed = stage.sum(STEP_TIME);
        return chart.lines().stream()
                .filter(line -> chart.form().equals(Chart.STACKED)
                        ? Arrays.stream(values(line.number())).sum() > LEAST_SHARE * timed
                        : isTelling(line.number()))
                .toList();
    }

    private boolean isTelling(String number) {
        double[] values = finite(number);
        return number.startsWith(EVALUATION)
                ? values.length > 0
                : numbers.contains(number)
                        && !isNoise(number)
                        && (stage.steps().size() == 1
                                || Arrays.stream(values).distinct().count() > 1);
    }

    private boolean isNoise(String number) {
        return number.equals(LOSS)
                && numbers.contains(LOSS)
                && Arrays.stream(finite(LOSS)).allMatch(loss -> Math.abs(loss) < NOISE);
    }

    private double[] finite(String number) {
        return Arrays.stream(values(number)).filter(Double::isFinite).toArray();
    }

    /** Where a number stands: evaluations have steps of their own, among them step 0. */
    private List<StepNumbers> source(String number) {
        return number.startsWith(EVALUATION) ? stage.evaluations() : stage.steps();
    }

    private double[] values(String number) {
        if (!number.equals(OTHER_TIME)) {
            return StageRecord.values(source(number), number);
        }
        double[] rest = stage.values(STEP_TIME);
        numbers.stream()
                .filter(name -> name.startsWith(TIME) && !name.equals(STEP_TIME))
                .map(stage::values)
                .forEach(phase -> Arrays.setAll(rest, i -> rest[i] - phase[i]));
        return rest;
    }
}
