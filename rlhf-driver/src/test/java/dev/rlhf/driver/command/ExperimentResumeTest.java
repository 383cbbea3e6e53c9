package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.core.base.ErrorKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a resumed experiment remembers of how it began. */
class ExperimentResumeTest {
    private static final String EXPERIMENT = """
            name: tiny
            question: Does a higher learning rate lower the loss?
            claim: It does.
            overturn: A loss that rises.
            seeds: [1, 2]
            parts: [{name: sft, recipe: small.yaml, factors: [rate], seconds: 1}]
            factors:
              - name: rate
                words: learning rate
                part: sft
                levels:
                  - {name: low, settings: [stages.sft.optimiser.learning-rate=1e-4]}
                  - {name: high, settings: [stages.sft.optimiser.learning-rate=1e-2]}
            measures:
              - {name: loss, words: training loss, part: sft, stage: sft, number: loss}
            comparisons:
              - {kind: trend, measure: loss, over: rate, expect: falls}
            """;

    @TempDir
    private Path folder;

    private Path file;
    private Path out;

    @BeforeEach
    void writeExperiment() {
        SmallRecipe recipe = new SmallRecipe(folder);
        recipe.with(SmallRecipe.SFT);
        file = recipe.file("tiny.yaml", EXPERIMENT);
        out = folder.resolve("out");
    }

    @Test
    void whatWasSetIsRememberedAndWhatIsSetNowComesOverIt() throws IOException {
        run(file.toString(), "--set", "seeds=[7]", "--set", "parts.sft.settings=[stages.sft.steps=2]")
                .assertDone();
        assertThat(seeds()).containsExactly(7L);

        assertThat(run("--resume").assertDone().out()).contains("2 of 2 runs are done already");
        assertThat(seeds()).containsExactly(7L);

        assertThat(run("--resume", "--set", "seeds=[7,8]").assertDone().out()).contains("2 of 4 runs are done already");
        assertThat(run(file.toString(), "--resume").assertDone().out()).contains("4 of 4 runs are done already");
        assertThat(seeds()).containsExactly(7L, 8L);
        assertThat(Files.readString(out.resolve("summary.md")))
                .contains("experiment " + file + " --set 'seeds=[7]' --set 'parts.sft.settings=[stages.sft.steps=2]'"
                        + " --set 'seeds=[7,8]'");
        for (String run : List.of("low/seed-7", "high/seed-8")) {
            assertThat(Files.readAllLines(out.resolve("cells/sft").resolve(run).resolve("metrics.jsonl")))
                    .as("steps of %s", run)
                    .hasSize(2);
        }
    }

    @Test
    void whatCannotBeGoneOnWithAndWhatWasChangedIsSaid() throws IOException {
        int user = ErrorKind.USER.exitCode();
        run("--resume").assertRefused(user, out, "does not say which experiment is to be resumed; name it");
        run().assertRefused(user, "name an experiment");
        Invocation.of("experiment", "--resume").assertRefused(user, "--resume needs --out DIR");
        run(file.toString(), "--set", "seeds=[7]", "--set", "parts.sft.settings=[stages.sft.steps=2]")
                .assertDone();
        run("--resume", "--set", "parts.sft.settings=[stages.sft.steps=3]").assertRefused(user, "the grid has changed");
        assertThat(run("--resume").assertDone().out()).doesNotContain("remark");
        Files.writeString(file, EXPERIMENT.replace("expect: falls", "expect: rises"));
        assertThat(run("--resume").assertDone().out())
                .contains(
                        "2 of 2 runs are done already", "remark   Its comparisons, or what they expect, were changed");
    }

    private Invocation run(String... arguments) {
        return Invocation.of(
                Stream.concat(Stream.of("experiment", "--jobs", "2", "--out", out.toString()), Stream.of(arguments))
                        .toArray(String[]::new));
    }

    private List<Long> seeds() throws IOException {
        JsonNode results =
                new ObjectMapper().readTree(out.resolve("results.json").toFile());
        return StreamSupport.stream(results.path("seeds").spliterator(), false)
                .map(JsonNode::asLong)
                .toList();
    }
}
