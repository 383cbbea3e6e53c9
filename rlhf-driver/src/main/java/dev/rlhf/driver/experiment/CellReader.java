package dev.rlhf.driver.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.RunDirectory;
import dev.rlhf.driver.observe.StageResult;
import dev.rlhf.driver.observe.StepLines;
import dev.rlhf.driver.observe.Summary;
import dev.rlhf.experiment.design.Cell;
import dev.rlhf.experiment.design.Curve;
import dev.rlhf.experiment.design.Experiment;
import dev.rlhf.experiment.design.Measure;
import dev.rlhf.experiment.result.CellResult;
import dev.rlhf.experiment.result.CellResult.Point;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Takes an experiment's measures from the files of its finished runs. */
final class CellReader {
    /** Steps whose mean stands for the begin, or the end, of training. */
    private static final int STEPS = 10;

    private static final String KL = "eval_kl";

    private final Experiment experiment;
    private final ExperimentDirectory directory;

    CellReader(Experiment experiment, ExperimentDirectory directory) {
        this.experiment = experiment;
        this.directory = directory;
    }

    /**
     * What a finished run measured.
     *
     * @throws RlhfException USER naming the measure that the run has no number for
     */
    CellResult read(Cell cell) {
        RunDirectory run = directory.run(cell);
        List<JsonNode> evaluations = lines(run.evaluations());
        List<JsonNode> steps = lines(run.metrics());
        Map<String, Double> values = new HashMap<>();
        for (Measure measure : experiment.measures()) {
            if (measure.part().equals(cell.part())) {
                List<JsonNode> lines = ofStage(measure.isEvaluated() ? evaluations : steps, measure.stage());
                values.put(
                        measure.name(),
                        value(measure, lines)
                                .orElseThrow(() -> missing(
                                        "measure " + measure.name(), measure.number(), measure.stage(), cell, lines)));
            }
        }
        Map<String, List<Point>> curves = new HashMap<>();
        for (int i = 0; i < experiment.curves().size(); i++) {
            Curve curve = experiment.curves().get(i);
            if (curve.part().equals(cell.part())) {
                List<JsonNode> lines = ofStage(evaluations, curve.stage());
                for (String number : curve.numbers()) {
                    List<Point> points = points(curve, number, lines);
                    if (points.isEmpty()) {
                        throw missing("curve '" + curve.title() + "'", number, curve.stage(), cell, lines);
                    }
                    curves.put(CellResult.key(i, number), points);
                }
            }
        }
        return new CellResult(cell, values, curves, null);
    }

    /** Why nothing can be said of a finished run, if so: a file of it is damaged. */
    Optional<String> damage(Cell cell) {
        RunDirectory run = directory.run(cell);
        try {
            Summary.read(run.summary());
            lines(run.evaluations());
            lines(run.metrics());
            return Optional.empty();
        } catch (RlhfException damaged) {
            return Optional.of(damaged.getMessage() + "; delete " + run.root() + " and resume to have it run anew");
        }
    }

    /** Wall time of a finished run's stages. */
    double seconds(Cell cell) {
        return Summary.read(directory.run(cell).summary()).stages().stream()
                .mapToDouble(StageResult::seconds)
                .sum();
    }

    private static OptionalDouble value(Measure measure, List<JsonNode> lines) {
        double[] numbers = lines.stream()
                .filter(line -> line.path(measure.number()).isNumber())
                .mapToDouble(line -> line.path(measure.number()).doubleValue())
                .toArray();
        if (numbers.length == 0) {
            return OptionalDouble.empty();
        }
        boolean start = measure.at() == Measure.At.START;
        int count = measure.isEvaluated() ? 1 : Math.min(STEPS, numbers.length);
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += numbers[start ? i : numbers.length - 1 - i];
        }
        return OptionalDouble.of(sum / count);
    }

    private static List<Point> points(Curve curve, String number, List<JsonNode> lines) {
        List<Point> points = new ArrayList<>();
        for (JsonNode line : lines) {
            if (line.path(number).isNumber()) {
                int step = line.path("step").asInt();
                double x = curve.axis() == Curve.Axis.STEP
                        ? step
                        : Math.sqrt(Math.max(0, line.path(KL).asDouble()));
                points.add(new Point(step, x, line.path(number).doubleValue()));
            }
        }
        return points;
    }

    private static List<JsonNode> ofStage(List<JsonNode> lines, String stage) {
        return lines.stream()
                .filter(line -> line.path("stage").asText().equals(stage))
                .toList();
    }

    private static RlhfException missing(String whose, String number, String stage, Cell cell, List<JsonNode> lines) {
        List<String> there = new ArrayList<>();
        lines.stream()
                .reduce((earlier, later) -> later)
                .ifPresent(line -> line.fieldNames().forEachRemaining(there::add));
        return RlhfException.user(whose + ": the run " + cell.id() + " has no " + number
                + " of stage " + stage
                + (there.isEmpty() ? ", nor any other number" : " (there are: " + String.join(", ", there) + ")"));
    }

    private static List<JsonNode> lines(Path file) {
        try {
            return StepLines.read(file, new ArrayList<>());
        } catch (IOException e) {
            throw RlhfException.resource("cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
