package dev.rlhf.experiment.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rlhf.experiment.design.Cell;
import dev.rlhf.experiment.design.Experiment;
import dev.rlhf.experiment.result.Finding.Standing;
import dev.rlhf.experiment.statistics.Conclusion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FindingsTest {
    private static final String TEXT = """
            name: findings
            question: What of it?
            claim: Nothing.
            overturn: Anything.
            seeds: [1, 2, 3]
            parts: [{name: run, recipe: recipe.yaml, factors: [method, size], seconds: 1}]
            factors:
              - {name: method, words: method, part: run, levels: [{name: a, settings: [method=a]}, {name: b, settings: [method=b]}]}
              - {name: size, words: size, part: run, levels: [{name: s, settings: [size=s]}, {name: l, settings: [size=l]}]}
            measures:
              - {name: after, words: after, part: run, stage: run, number: eval_accuracy}
              - {name: before, words: before, part: run, stage: run, number: eval_accuracy, at: start}
            comparisons:
              - %s
            """;

    @TempDir
    private Path folder;

    @Test
    void overFactorsThatAreNotAskedAboutTheMeanIsTaken() throws IOException {
        List<Finding> findings = find("{kind: difference, measure: after, over: method, from: a, to: b}");
        assertThat(findings).hasSize(1);
        // Method b adds 1 on average; size l adds 10, which either column has.
        assertThat(findings.get(0).contrast().slope()).isCloseTo(1, within(1e-9));
        assertThat(findings.get(0).means().get(0).mean()).isCloseTo(5 + 2, within(1e-12));
        assertThat(findings.get(0).conclusion()).isEqualTo(Conclusion.RISES);
        assertThat(findings.get(0).standing()).isEqualTo(Standing.OPEN);
    }

    @Test
    void eachCombinationIsAskedAboutByItself() throws IOException {
        List<Finding> findings =
                find("{kind: difference, measure: after, over: method, from: a, to: b, by: [size], expect: falls}");
        assertThat(findings).extracting(Finding::levels).containsExactly(Map.of("size", "s"), Map.of("size", "l"));
        assertThat(findings).extracting(Finding::standing).containsOnly(Standing.CONTRADICTED);
    }

    @Test
    void restrictionsHold() throws IOException {
        List<Finding> findings =
                find("{kind: change, measure: after, from: before, by: [method], where: [size=l], expect: rises}");
        assertThat(findings).hasSize(2);
        assertThat(findings.get(1).contrast().slope()).isCloseTo(11, within(1e-9));
        assertThat(findings.get(1).standing()).isEqualTo(Standing.BORNE_OUT);
    }

    @Test
    void aMeasureIsHeldBesideAValue() throws IOException {
        List<Finding> findings = find(
                "{kind: above, measure: after, value: 4, words: chance, where: [method=a, size=s], expect: rises}");
        // 1, 2 and 3 by seed: mean 2 below 4.
        assertThat(findings.get(0).columns()).containsExactly("chance", "after");
        assertThat(findings.get(0).contrast().slope()).isCloseTo(-2, within(1e-12));
    }

    @Test
    void aSeedWithoutOneOfTheRunsIsLeftOut() throws IOException {
        Experiment experiment = experiment("{kind: difference, measure: after, over: method, from: a, to: b}");
        List<CellResult> cells = experiment.cells().stream()
                .map(cell -> cell.id().equals("run/b--l/seed-2") ? CellResult.failed(cell, "it broke") : result(cell))
                .toList();
        assertThat(Findings.of(experiment, cells).get(0).contrast().seeds()).isEqualTo(2);
    }

    @Test
    void comparisonsThatCannotBeMadeCountAsAskedFor() throws IOException {
        Experiment experiment =
                experiment("{kind: difference, measure: after, over: method, from: a, to: b, by: [size]}");
        List<CellResult> cells = experiment.cells().stream()
                .map(cell -> cell.has(Map.of("method", "b", "size", "l"))
                        ? CellResult.failed(cell, "it broke")
                        : result(cell))
                .toList();
        List<Finding> findings = Findings.of(experiment, cells);
        assertThat(findings).hasSize(1);
        // Two were asked for: p is doubled.
        assertThat(findings.get(0).adjusted())
                .isCloseTo(2 * findings.get(0).contrast().p(), within(1e-15));
    }

    private List<Finding> find(String comparison) throws IOException {
        Experiment experiment = experiment(comparison);
        return Findings.of(
                experiment,
                experiment.cells().stream().map(FindingsTest::result).toList());
    }

    private Experiment experiment(String comparison) throws IOException {
        return Experiment.read(
                Files.writeString(folder.resolve("findings.yaml"), TEXT.formatted(comparison)), false, List.of());
    }

    private static CellResult result(Cell cell) {
        double after = cell.seed()
                + (cell.has(Map.of("method", "b")) ? 0.9 + 0.05 * cell.seed() : 0)
                + (cell.has(Map.of("size", "l")) ? 10 : 0);
        return new CellResult(cell, Map.of("after", after, "before", (double) cell.seed()), Map.of(), null);
    }
}
