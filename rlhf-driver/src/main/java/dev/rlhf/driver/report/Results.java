package dev.rlhf.driver.report;

import dev.rlhf.core.run.Evaluation;
import dev.rlhf.driver.observe.StageResult;
import dev.rlhf.driver.report.ResultRow.Share;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The final table; of a run that has not finished, what can be told from its steps. */
final class Results {
    private static final int PERCENT = 100;

    private final List<StageRecord> stages;

    Results(RunRecord run) {
        this.stages = run.stages();
    }

    List<ResultRow> rows() {
        return IntStream.range(0, stages.size())
                .mapToObj(i -> row(stages.get(i).steps().isEmpty() ? "" : PageBuilder.anchor(i), stages.get(i)))
                .toList();
    }

    private ResultRow row(String anchor, StageRecord stage) {
        return stage.result().map(result -> finished(anchor, stage, result)).orElseGet(() -> underWay(anchor, stage));
    }

    private ResultRow finished(String anchor, StageRecord stage, StageResult result) {
        return new ResultRow(
                anchor,
                result.name(),
                result.kind(),
                String.valueOf(result.steps()),
                share(result.evalAccuracy()),
                result.evalAccuracyBefore() == null
                        ? gain(result.evalAccuracy(), stage.recipe().from())
                        : since(result.evalAccuracyBefore(), result.evalAccuracy()),
                number(result.rewardMean()),
                number(result.kl()),
                share(result.pairAccuracy()),
                since(result.pairAccuracyBefore(), result.pairAccuracy()),
                loss(result.evalLoss()),
                before(result.evalLossBefore()),
                Words.duration(result.seconds()));
    }

    private ResultRow underWay(String anchor, StageRecord stage) {
        int done = stage.steps().size();
        return new ResultRow(
                anchor,
                stage.recipe().name(),
                stage.recipe().kind(),
                done + " of " + stage.recipe().steps(),
                share(stage.evaluated(Evaluation.ACCURACY)),
                since(stage.evaluatedBefore(Evaluation.ACCURACY), stage.evaluated(Evaluation.ACCURACY)),
                number(stage.recent(ChartKinds.REWARD)),
                number(stage.recent("kl")),
                share(stage.evaluated(Evaluation.PAIR_ACCURACY)),
                since(stage.evaluatedBefore(Evaluation.PAIR_ACCURACY), stage.evaluated(Evaluation.PAIR_ACCURACY)),
                loss(stage.evaluated(Evaluation.LOSS)),
                before(stage.evaluatedBefore(Evaluation.LOSS)),
                done == 0 ? Words.NONE : Words.duration(stage.sum("time_step_s")));
    }

    /** A run without held-out losses has no column for them. */
    private String loss(@Nullable Double loss) {
        boolean any = stages.stream()
                .anyMatch(stage -> stage.evaluated(Evaluation.LOSS) != null
                        || stage.result().map(StageResult::evalLoss).isPresent());
        return any ? number(loss) : "";
    }

    private static String before(@Nullable Double loss) {
        return loss == null ? "" : "from " + Words.number(loss);
    }

    private static String since(@Nullable Double before, @Nullable Double after) {
        return before == null || after == null
                ? ""
                : String.format(Locale.ROOT, "from %s, %+.1f points", Words.share(before), PERCENT * (after - before));
    }

    private String gain(@Nullable Double accuracy, String from) {
        Double before = stages.stream()
                .filter(stage -> stage.recipe().name().equals(from))
                .flatMap(stage -> stage.result().stream())
                .map(StageResult::evalAccuracy)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        return accuracy == null || before == null
                ? ""
                : String.format(Locale.ROOT, "%+.1f points on %s", PERCENT * (accuracy - before), from);
    }

    private static Share share(@Nullable Double share) {
        return share == null ? Share.NONE : new Share(Words.share(share), (int) Math.round(PERCENT * share));
    }

    private static String number(@Nullable Double value) {
        return value == null ? Words.NONE : Words.number(value);
    }

    private static String number(OptionalDouble value) {
        return value.isPresent() ? Words.number(value.getAsDouble()) : Words.NONE;
    }
}
