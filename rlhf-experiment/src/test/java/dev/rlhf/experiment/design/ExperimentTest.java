package dev.rlhf.experiment.design;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExperimentTest {
    private static final String TEXT = """
            name: two-parts
            question: What of it?
            claim: Nothing.
            overturn: Anything.
            seeds: [1, 2]
            full: ["seeds=[1, 2, 3]"]
            parts:
              - {name: start, recipe: start.yaml, factors: [noise], seconds: 10}
              - name: policy
                recipe: policy.yaml
                factors: [noise, beta]
                settings: ["stages.sft.path={start}/stages/sft"]
                seconds: 20
            factors:
              - name: noise
                words: share of wrong labels
                part: start
                levels: [{name: none, settings: []}, {name: "0.2", settings: [stages.rm.data.label-noise=0.2]}]
              - name: beta
                words: β
                part: policy
                levels: [{name: "0.1", settings: [stages.policy.kl.controller.beta=0.1]}, {name: "1", settings: []}]
            measures:
              - {name: kl, words: KL, part: policy, stage: policy, number: eval_kl}
              - {name: kl-before, words: KL before, part: policy, stage: policy, number: eval_kl, at: start}
            comparisons:
              - {kind: trend, measure: kl, over: beta, by: [noise], expect: falls}
              - {kind: difference, measure: kl, over: noise, from: none, to: "0.2", where: [beta=1]}
              - {kind: change, measure: kl, from: kl-before, by: [beta]}
            """;

    @TempDir
    private Path folder;

    @Test
    void aRunBuildsOnTheRunOfTheSameLevelsAndSeed() throws IOException {
        Experiment experiment = read(TEXT);
        assertThat(experiment.cells()).hasSize(2 * 2 + 2 * 4);
        Cell last = experiment.cells().get(11);
        assertThat(last.id()).isEqualTo("policy/0.2--1/seed-2");
        assertThat(experiment.before(last)).extracting(Cell::id).containsExactly("start/0.2/seed-2");
        assertThat(experiment.settings(last, cell -> Path.of("/x").resolve(cell.id())))
                .containsExactly("stages.sft.path=/x/start/0.2/seed-2/stages/sft", "seed=2");
        assertThat(experiment.settings(experiment.cells().get(1), cell -> Path.of("/")))
                .containsExactly("stages.rm.data.label-noise=0.2", "seed=1");
    }

    @Test
    void fullSettingsHoldWhenAskedFor() throws IOException {
        Path file = Files.writeString(folder.resolve("e.yaml"), TEXT);
        assertThat(Experiment.read(file, true, List.of()).seeds()).containsExactly(1, 2, 3);
        assertThat(Experiment.read(file, true, List.of("seeds=[7]")).seeds()).containsExactly(7);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    measure: kl, over: beta   | measure: kl, over: gamma    | there is no factor called 'gamma'
                    measure: kl, over: beta   | measure: lk, over: beta     | there is no measure called 'lk'; did you mean kl?
                    factors: [noise, beta]    | factors: [beta]             | which its settings point to: [noise]
                    part: policy, stage       | part: police, stage         | there is no part called 'police'; did you mean policy?
                    {name: none, settings     | {name: a b, settings        | must be letters, digits
                    from: none                | from: nine                  | there is no level of noise called 'nine'; did you mean none?
                    [beta=1]                  | [beta]                      | must be factor=level, not 'beta'
                    [beta=1]                  | [beta=2]                    | there is no level of beta called '2'
                    seeds: [1, 2]             | seeds: []                   | must name at least one seed
                    from: kl-before           | from: kl-after              | there is no measure called 'kl-after'
                    seeds: [1, 2]             | seeds: [1, 1]               | has two of the name '1'
                    by: [noise]               | by: [beta]                  | must not be held fast by 'by' or 'where': beta
                    {start}/stages            | {begin}/stages              | there is no part called 'begin'
                    kind: trend               | kind: tend                  | must be one of trend, difference, change, above
                    from: kl-before           | from: kl                    | must compare two things, and has only kl
                    to: "0.2"                 | to: none                    | must compare two things, and has only none
                    , {name: "1", settings: []}] | ]                        | must compare two things, and has only 0.1
                    "1", settings: []         | "1", settings: [stages.policy.kl.controller.beta=0.1] | must differ in their settings, and '0.1' and '1' are the same
                    """)
    void aMistakeIsNamed(String right, String wrong, String complaint) {
        assertThatThrownBy(() -> read(TEXT.replace(right, wrong)))
                .hasMessageContaining("e.yaml")
                .hasMessageContaining(complaint);
    }

    @Test
    void anExperimentThatAsksNothingIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("e.yaml"), TEXT);
        assertThatThrownBy(() -> Experiment.read(file, false, List.of("comparisons=[]")))
                .hasMessageContaining("comparisons")
                .hasMessageContaining("must name at least one");
        String silent = TEXT.substring(0, TEXT.indexOf("comparisons:"));
        assertThatThrownBy(() -> read(silent)).hasMessageContaining("comparisons");
    }

    private Experiment read(String text) throws IOException {
        return Experiment.read(Files.writeString(folder.resolve("e.yaml"), text), false, List.of());
    }
}
