package dev.rlhf.driver.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.experiment.design.Cell;
import dev.rlhf.experiment.design.Change;
import dev.rlhf.experiment.design.Comparison;
import dev.rlhf.experiment.design.Comparison.Expectation;
import dev.rlhf.experiment.design.Difference;
import dev.rlhf.experiment.design.Experiment;
import dev.rlhf.experiment.design.Factor;
import dev.rlhf.experiment.design.Level;
import dev.rlhf.experiment.design.Measure;
import dev.rlhf.experiment.design.Part;
import dev.rlhf.experiment.design.Trend;
import dev.rlhf.experiment.result.CellResult;
import dev.rlhf.experiment.result.Finding.Standing;
import dev.rlhf.experiment.result.Results;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AnswerTest {
    private static final List<String> NONE = List.of();

    @Test
    void aTrendFalls() {
        assertThat(sentences(trend(Expectation.FALLS), row(10, 5, 1), row(10.2, 5.1, 1)))
                .containsExactly(
                        "Reward, points, falls over β: −4.55 a level (95 % interval −5.19 … −3.91; p = 0.007; 2 seeds;"
                                + " the means fall from each level to the next). This bears out what the theory says.");
    }

    @Test
    void aTrendThatRisesOnTheWholeAndContradictsTheTheory() {
        // Slope (4 + 4.2 + 3.8) / 3 / 2 = 2; the middle is a little below the first.
        assertThat(sentences(trend(Expectation.FALLS), row(1, 0.9, 5), row(1, 0.9, 5.2), row(1, 0.9, 4.8))
                        .get(0))
                .startsWith("Reward, points, rises over β: +2.00 a level (95 % interval ")
                .endsWith("; 3 seeds; the means do not rise from each level to the next)."
                        + " This contradicts what the theory says.");
    }

    @Test
    void aDifferenceRises() {
        Difference difference = new Difference("reward", "beta", "low", "high", NONE, NONE, Expectation.NONE);

        assertThat(sentences(difference, row(1, 0, 4), row(2, 0, 5.1), row(3, 0, 6.2)))
                .containsExactly(
                        "Reward, points, rises from low to high: +3.10 (95 % interval 2.85 … 3.35; p < 0.001; 3 seeds).");
    }

    @Test
    void aDifferenceThatChanceExplainsCannotTell() {
        Difference difference = new Difference("reward", "beta", "low", "high", NONE, NONE, Expectation.RISES);

        assertThat(sentences(difference, row(1, 0, 2), row(2, 0, 1.5)))
                .containsExactly(
                        "Reward, points, from low to high: cannot tell; +0.3 (95 % interval −9.3 … 9.8; p = 0.80; 2 seeds; if it is as it looks, 144 seeds would tell)."
                                + " The theory says that it rises.");
    }

    @Test
    void oneSeedHasNoInterval() {
        Difference difference = new Difference("reward", "beta", "low", "high", NONE, NONE, Expectation.FALLS);

        Answer answer = answer(difference, row(1, 0, 4.1));

        assertThat(answer.sentences())
                .extracting(Answer.Sentence::text)
                .containsExactly("Reward, points, from low to high: cannot tell; +3.10 (no interval; 1 seed)."
                        + " The theory says that it falls.");
        assertThat(answer.tally()).isEqualTo("Of 1 comparison, 1 cannot tell.");
    }

    @Test
    void aChangeIsBesideWhatItWas() {
        Change change = new Change("reward", "before", List.of("beta"), NONE, Expectation.RISES);

        // Before is zero in each run.
        assertThat(sentences(change, row(4, 1, -4), row(5.1, -1, -5.1), row(6.2, 0.1, -6.2)))
                .containsExactly(
                        "At β low: reward, points, is higher than reward before: +5.1 (95 % interval 2.4 … 7.8; p = 0.045"
                                + " after Holm over 3 comparisons; 3 seeds). This bears out what the theory says.",
                        "At β middle: reward, points, beside reward before: cannot tell; 0.0 (95 % interval −2.5 … 2.5;"
                                + " p = 0.96 after Holm over 3 comparisons; 3 seeds; if it is as it looks, not even 200 seeds would tell). The theory says that it rises.",
                        "At β high: reward, points, is lower than reward before: −5.1 (95 % interval −7.8 … −2.4; p = 0.045"
                                + " after Holm over 3 comparisons; 3 seeds). This contradicts what the theory says.");
        assertThat(answer(change, row(4, 1, -4), row(5.1, -1, -5.1), row(6.2, 0.1, -6.2))
                        .tally())
                .isEqualTo("Of 3 comparisons, 1 bears out what the theory says, 1 contradicts it and 1 cannot tell.");
    }

    @Test
    void aComparisonWithoutNumbersIsSaidToBeOne() {
        Answer answer = answer(trend(Expectation.FALLS), row(1, Double.NaN, 2));

        assertThat(answer.sentences())
                .containsExactly(new Answer.Sentence(
                        "Reward, points, over β: nothing can be said, since no seed has every run that this needs.",
                        Standing.OPEN));
        assertThat(answer.tally()).isEqualTo("No comparison could be made: no seed has every run that one needs.");
    }

    @Test
    void aComparisonThatCannotBeMadeIsCountedAmongThoseAsked() {
        Change change = new Change("reward", "before", List.of("beta"), NONE, Expectation.RISES);

        Answer answer = answer(change, row(4, Double.NaN, 4), row(5.1, Double.NaN, 4.1), row(6.2, Double.NaN, 4.2));

        assertThat(answer.tally())
                .isEqualTo("Of 3 comparisons, 2 bear out what the theory says and 1 could not be made.");
        assertThat(answer.sentences().get(0).text()).contains("after Holm over 3 comparisons");
    }

    @Test
    void restrictionsAreNamed() {
        Change change = new Change("reward", "before", NONE, List.of("beta=high"), Expectation.NONE);

        assertThat(sentences(change, row(0, 0, 4), row(0, 0, 4.1)).get(0))
                .startsWith("At β high: reward, points, is higher than reward before: +4.05 (");
    }

    private static Trend trend(Expectation expect) {
        return new Trend("reward", "beta", NONE, NONE, expect);
    }

    /** The rewards of a seed at low, middle and high; NaN for a run that failed. */
    private static double[] row(double... rewards) {
        return rewards;
    }

    private static List<String> sentences(Comparison comparison, double[]... seeds) {
        return answer(comparison, seeds).sentences().stream()
                .map(Answer.Sentence::text)
                .toList();
    }

    private static Answer answer(Comparison comparison, double[]... seeds) {
        List<Level> levels = Stream.of("low", "middle", "high")
                .map(name -> new Level(name, List.of("stages.rl.beta=" + name)))
                .toList();
        Experiment experiment = new Experiment(
                "name",
                "question",
                "claim",
                "overturn",
                IntStream.range(0, seeds.length).boxed().toList(),
                List.of(new Part("train", Path.of("train.yaml"), List.of("beta"), NONE, 1)),
                List.of(new Factor("beta", "β", "train", levels)),
                List.of(
                        new Measure("reward", "reward, points", "train", "rl", "reward_mean", Measure.At.END),
                        new Measure("before", "reward before", "train", "rl", "reward_mean", Measure.At.START)),
                List.of(comparison),
                List.of(),
                NONE,
                NONE);
        List<CellResult> cells = new ArrayList<>();
        for (Cell cell : experiment.cells()) {
            double reward = seeds[(int) cell.seed()][
                    List.of("low", "middle", "high").indexOf(cell.levels().get("beta"))];
            cells.add(
                    Double.isNaN(reward)
                            ? CellResult.failed(cell, "it failed")
                            : new CellResult(cell, Map.of("reward", reward, "before", 0.0), Map.of(), null));
        }
        return new Answer(Results.of(experiment, cells, Map.of(), List.of(), Map.of()));
    }
}
