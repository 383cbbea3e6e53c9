package dev.rlhf.experiment.result;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.experiment.design.Cell;
import dev.rlhf.experiment.design.Experiment;
import dev.rlhf.experiment.statistics.Conclusion;
import dev.rlhf.experiment.statistics.Contrast;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Simulated runs: four levels, five seeds; what a seed has in common over its levels is as large as its noise. */
class PlantedEffectTest {
    private static final int MANY = 1000;

    @TempDir
    private static Path folder;

    private static Experiment experiment;

    @BeforeAll
    static void readExperiment() throws IOException {
        experiment = Experiment.read(Files.writeString(folder.resolve("planted.yaml"), """
                        name: planted
                        question: Is what was planted found?
                        claim: It is.
                        overturn: Too few seeds.
                        seeds: [1, 2, 3, 4, 5]
                        parts: [{name: run, recipe: recipe.yaml, factors: [level], seconds: 1}]
                        factors:
                          - name: level
                            words: level
                            part: run
                            levels: [{name: a, settings: [level=a]}, {name: b, settings: [level=b]}, {name: c, settings: [level=c]}, {name: d, settings: [level=d]}]
                        measures: [{name: score, words: score, part: run, stage: run, number: eval_accuracy}]
                        comparisons: [{kind: trend, measure: score, over: level, expect: rises}]
                        """), false, List.of());
    }

    @Test
    void noEffectIsNotFoundInAtLeastEighteenOfTwenty() {
        assertThat(count(0, 20, Conclusion.CANNOT_TELL)).isGreaterThanOrEqualTo(18);
    }

    @Test
    void oneDeviationALevelIsFoundInAtLeastSixteenOfTwenty() {
        assertThat(count(1, 20, Conclusion.RISES)).isGreaterThanOrEqualTo(16);
        assertThat(count(-1, 20, Conclusion.FALLS)).isGreaterThanOrEqualTo(16);
    }

    /** The twenty are no lucky ones: 5 % wrong is what the rule says, within three standard errors. */
    @Test
    void theRuleErrsAsOftenAsItSays() {
        double wrong = 1 - count(0, MANY, Conclusion.CANNOT_TELL) / (double) MANY;
        assertThat(wrong).isBetween(0.03, 0.07);
        assertThat(count(1, MANY, Conclusion.RISES) / (double) MANY).isGreaterThan(0.95);
    }

    /** Two columns and five seeds are too few for a difference of one deviation of the differences: docs/experiments.md says so. */
    @Test
    void aSingleDifferenceOfOneDeviationIsFoundInTwoOfFiveOnly() {
        Random random = new Random(1);
        int found = 0;
        for (int repeat = 0; repeat < MANY; repeat++) {
            double[][] rows = IntStream.range(0, 5)
                    .mapToObj(seed -> new double[] {0, 1 + random.nextGaussian()})
                    .toArray(double[][]::new);
            Contrast contrast = Contrast.of(rows);
            found += Conclusion.of(contrast.slope(), contrast.p()) == Conclusion.RISES ? 1 : 0;
        }
        assertThat(found / (double) MANY).isBetween(0.35, 0.45);
    }

    private static int count(double effect, int repeats, Conclusion wanted) {
        return (int) IntStream.range(0, repeats)
                .filter(repeat -> conclusion(effect, new Random(1 + repeat)) == wanted)
                .count();
    }

    private static Conclusion conclusion(double effect, Random random) {
        double[] common = random.doubles(6, -1, 1).toArray();
        List<CellResult> cells = experiment.cells().stream()
                .map(cell -> new CellResult(
                        cell,
                        Map.of("score", effect * level(cell) + common[(int) cell.seed()] + random.nextGaussian()),
                        Map.of(),
                        null))
                .toList();
        return Findings.of(experiment, cells).get(0).conclusion();
    }

    private static int level(Cell cell) {
        return "abcd".indexOf(cell.levels().getOrDefault("level", ""));
    }
}
