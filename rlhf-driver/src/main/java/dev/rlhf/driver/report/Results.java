package dev.rlhf.driver.report;

import dev.rlhf.core.run.Evaluation;
import dev.rlhf.driver.observe.Figures;
import dev.rlhf.driver.observe.Outcome;
import dev.rlhf.driver.observe.StageResult;
import dev.rlhf.driver.report.ResultRow.Cell;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/** The final table; of a run that has not finished, what can be told from its steps. */
final class Results {
    /** What stands where there is no number. */
    private static final String NONE = "–";

    private static final int PERCENT = 100;

    private final List<StageRecord> stages;

    Results(List<StageRecord> stages) {
        this.stages = stages;
    }

    List<ResultRow> rows() {
        return IntStream.range(0, stages.size())
                .mapToObj(i -> row(stages.get(i).steps().isEmpty() ? "" : Page.anchor(i), stages.get(i)))
                .toList();
    }

    private ResultRow row(String anchor, StageRecord stage) {
        StageResult result = stage.outcome();
        boolean finished = stage.result().isPresent();
        return new ResultRow(
                anchor,
                result.name(),
                result.kind(),
                result.steps() + (finished ? "" : " of " + stage.recipe().steps()),
                result.outcomes().stream()
                        .filter(this::hasColumn)
                        .map(outcome -> cell(outcome, stage.recipe().from()))
                        .toList(),
                finished || result.steps() > 0 ? Figures.unbroken(Figures.duration(result.seconds())) : NONE);
    }

    /** A run without held-out losses has no column for them. */
    private boolean hasColumn(Outcome outcome) {
        return !outcome.metric().key().equals(Evaluation.LOSS)
                || stages.stream().anyMatch(stage -> stage.outcome().evalLoss() != null);
    }

    private Cell cell(Outcome outcome, String from) {
        Double value = outcome.value();
        if (value == null) {
            return new Cell(outcome.metric(), NONE, 0, "");
        }
        if (!outcome.metric().isShare()) {
            String before = outcome.before() == null ? "" : "from " + Figures.number(outcome.before());
            return new Cell(outcome.metric(), Figures.number(value), 0, before);
        }
        String note = Optional.ofNullable(outcome.before())
                .map(before -> "from " + Figures.unbroken(Figures.share(before)) + ", " + points(before, value))
                .or(() -> accuracy(outcome, from).map(before -> points(before, value) + " on " + from))
                .orElse("");
        return new Cell(
                outcome.metric(), Figures.unbroken(Figures.share(value)), (int) Math.round(PERCENT * value), note);
    }

    private static String points(double before, double after) {
        return String.format(Locale.ROOT, "%+.1f points", PERCENT * (after - before));
    }

    /** The held-out accuracy of the stage that this one started from, where it is an accuracy that is asked for. */
    private Optional<Double> accuracy(Outcome outcome, String from) {
        return stages.stream()
                .filter(stage -> outcome.metric().key().equals(Evaluation.ACCURACY)
                        && stage.recipe().name().equals(from))
                .flatMap(stage -> stage.result().stream())
                .map(StageResult::evalAccuracy)
                .filter(Objects::nonNull)
                .findFirst();
    }
}
