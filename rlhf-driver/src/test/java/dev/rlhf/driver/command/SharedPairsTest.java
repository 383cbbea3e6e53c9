package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.driver.checkpoint.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stages that learn from one set of pairs. */
class SharedPairsTest {
    private static final String DATA = "kind: ranked-samples, prompts: {kind: spelling, min-length: 3, max-length: 4},"
            + " ranked-by: position-match, on-policy-share: %s, label-noise: 0.2, pairs: 60, held-out-pairs: 60,"
            + " max-tokens: 4%s";

    private static final String STAGES = """
            stages:
              - {name: sft, kind: sft, steps: 3, batch-size: 4, data: {kind: spelling}}
              - {name: scores, kind: reward-model, from: sft, steps: 6, batch-size: 3, data: {%1$s}}
              - {name: own, kind: dpo, from: sft, steps: 4, batch-size: 3, data: {%1$s}}
              - {name: first, kind: dpo, from: sft, steps: 4, batch-size: 3, data: {%2$s}}
              - {name: second, kind: dpo, from: sft, steps: 4, batch-size: 3, data: {%2$s}}
            """;

    private static final int STEPS = 3 + 6 + 3 * 4;
    private static final int MIDDLE_OF_SECOND = STEPS - 2;

    @TempDir
    private Path folder;

    private SmallRecipe recipe;

    @BeforeEach
    void writeRecipe() {
        recipe = new SmallRecipe(folder);
        recipe.with(STAGES.formatted(DATA.formatted("0.5", ""), DATA.formatted("0.5", ", pairs-of: scores")));
    }

    /** DPO draws nothing but its pairs, so equal bytes are equal pairs in equal order. */
    @Test
    void whoeverLearnsFromThePairsOfAStageLearnsFromTheSameOnes() throws IOException {
        recipe.run().assertDone();

        assertThat(model("second")).hasSameBinaryContentAs(model("first"));
        assertThat(Files.mismatch(model("first"), model("own"))).isNotNegative();
        assertThat(tokens("first")).isEqualTo(tokens("scores").subList(0, 4)).isNotEqualTo(tokens("own"));
    }

    @Test
    void aResumedStageGoesOnWithThem() throws IOException {
        recipe.run("--set", "checkpoint.every-steps=1", "--set", "checkpoint.keep=99")
                .assertDone();
        Path whole = folder.resolve("whole");
        DurableFiles.copyTree(recipe.out(), whole);
        for (int step = MIDDLE_OF_SECOND + 1; step <= STEPS; step++) {
            DurableFiles.deleteTree(recipe.out().resolve("checkpoints/step-0000" + step));
        }

        assertThat(recipe.run("--resume").assertDone().out()).contains("going on after step " + MIDDLE_OF_SECOND);

        assertThat(model("second")).hasSameBinaryContentAs(whole.resolve("stages/second/model.safetensors"));
    }

    @Test
    void onlyWhatWouldBeDrawnJustSoCanBeShared() {
        String key = "stages.second.data.pairs-of";
        refused("stages.second.data.pairs=61", key, "the same 'data', not 'scores'");
        refused("stages.second.from=own", key, "the same 'from'");
        refused(key + "=sft", key, "not 'sft'");
        refused(key + "=first", key, "not 'first'");
        refused(key + "=nowhere", key, "not 'nowhere'");
    }

    private void refused(String setting, Object... fragments) {
        recipe.run("--set", setting).assertRefused(ErrorKind.USER.exitCode(), fragments);
    }

    private Path model(String stage) {
        return recipe.out().resolve("stages").resolve(stage).resolve("model.safetensors");
    }

    /** Tokens of every step of a stage. */
    private List<Integer> tokens(String stage) throws IOException {
        List<Integer> tokens = new ArrayList<>();
        for (String text : Files.readAllLines(recipe.out().resolve("metrics.jsonl"))) {
            JsonNode line = new ObjectMapper().readTree(text);
            if (line.path("stage").asText().equals(stage)) {
                assertThat(line.path("tokens").isNumber()).as(text).isTrue();
                tokens.add(line.path("tokens").asInt());
            }
        }
        return tokens;
    }
}
