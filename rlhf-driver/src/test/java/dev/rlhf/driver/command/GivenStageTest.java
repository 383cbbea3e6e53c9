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

/** Models that were made elsewhere serve as if the run had made them. */
class GivenStageTest {
    private static final int USER = ErrorKind.USER.exitCode();

    private static final String TRAINED = """
            stages:
              - {name: sft, kind: sft, steps: 3, batch-size: 4, data: {kind: spelling}}
              - {name: scores, kind: reward-model, from: sft, steps: 3, batch-size: 2,
                 data: {kind: ranked-samples, prompts: {kind: spelling}, ranked-by: position-match, pairs: 8,
                        held-out-pairs: 6, max-tokens: 4}}
            """;

    private static final String GIVEN = """
            stages:
              - {name: sft, kind: given, path: part/stages/sft, leaves: policy,
                 evaluation: {data: {kind: spelling, split: held-out}, limit: 8, max-tokens: 4}}
              - {name: scores, kind: given, path: part/stages/scores, leaves: reward-model}
            """;

    private static final String PPO = """
              - {name: ppo, kind: ppo, from: sft, critic: {from: scores}, steps: 3, prompts-per-step: 2,
                 data: {kind: spelling}, sampling: {samples-per-prompt: 2, max-tokens: 4},
                 rewards: [{kind: reward-model, from: scores}],
                 evaluation: {every-steps: 1, data: {kind: spelling, split: held-out}, limit: 8, max-tokens: 4}}
            """;

    private static final String OTHER_TOKENS =
            "model.tokenizer={kind: characters, alphabet: \"bacdefghijklmnopqrstuvwxyz>\"}";

    @TempDir
    Path folder;

    private SmallRecipe recipe;
    private Path sft;
    private Path scores;

    @BeforeEach
    void makeModels() {
        recipe = new SmallRecipe(folder);
        recipe.with(TRAINED);
        run("part").assertDone();
        sft = folder.resolve("part/stages/sft");
        scores = folder.resolve("part/stages/scores");
    }

    @Test
    void whatIsLearntFromGivenModelsIsWhatIsLearntFromTrainedOnes() throws IOException {
        recipe.with(TRAINED + PPO);
        run("trained").assertDone();
        recipe.with(GIVEN + PPO);
        String said = run("given").assertDone().out();

        for (String file : List.of("stages/ppo/model.safetensors", "model/model.safetensors")) {
            assertThat(folder.resolve("given").resolve(file))
                    .hasSameBinaryContentAs(folder.resolve("trained").resolve(file));
        }
        for (String file : List.of("model.safetensors", "config.json", "tokenizer.json", "score-statistics.json")) {
            assertThat(folder.resolve("given/stages/scores").resolve(file))
                    .hasSameBinaryContentAs(scores.resolve(file));
        }
        assertThat(said).contains("[1/3] sft: taken over in", "[2/3] scores: taken over in");
        Invocation.of("report", folder.resolve("given").toString()).assertDone();
    }

    @Test
    void aGivenPolicyIsMeasuredOnce() throws IOException {
        recipe.with(GIVEN + PPO);
        run("run").assertDone();

        assertThat(evaluated("run")).containsExactly("sft 0", "ppo 0", "ppo 1", "ppo 2", "ppo 3");
        JsonNode result = new RunFiles(folder.resolve("run")).summary().at("/stages/0");
        assertThat(result.path("eval_accuracy").isNumber()).isTrue();
        assertThat(result.path("eval_accuracy_before").isNull()).isTrue();
        assertThat(result.path("steps").asInt()).isZero();
        assertThat(folder.resolve("run/best/sft")).doesNotExist();
    }

    /** After both given models, which share the checkpoint of step 0; within what follows; and from the start. */
    @Test
    void aResumedRunIsTheSame() throws IOException {
        recipe.with(GIVEN + PPO);
        run("whole", "--set", "checkpoint.keep=9").assertDone();
        for (int checkpoint : List.of(-1, 0, 2)) {
            Path resumed = folder.resolve("resumed" + checkpoint);
            DurableFiles.copyTree(folder.resolve("whole"), resumed);
            for (int step = checkpoint + 1; step <= 3; step++) {
                DurableFiles.deleteTree(resumed.resolve("checkpoints/step-00000" + step));
            }

            assertThat(run("resumed" + checkpoint, "--resume").assertDone().out())
                    .contains(
                            checkpoint < 0
                                    ? "there is no checkpoint; beginning at step 1"
                                    : "going on after step " + checkpoint);

            assertThat(evaluated(resumed.getFileName().toString())).isEqualTo(evaluated("whole"));
            assertThat(resumed.resolve("model/model.safetensors"))
                    .hasSameBinaryContentAs(folder.resolve("whole/model/model.safetensors"));
        }
    }

    @Test
    void aRunMayHaveNothingElseOrEndWithIt() throws IOException {
        recipe.with(GIVEN);
        run("only").assertDone();
        run("only", "--resume").assertDone();
        assertThat(folder.resolve("only/model/score-statistics.json")).exists();
        assertThat(evaluated("only")).containsExactly("sft 0");
        Invocation.of("report", folder.resolve("only").toString()).assertDone();
        Invocation.of(
                        "export",
                        folder.resolve("only").toString(),
                        "--stage",
                        "sft",
                        "--to",
                        folder.resolve("out").toString())
                .assertDone();

        recipe.with(TRAINED + "  - {name: last, kind: given, path: part/stages/sft, leaves: policy}\n");
        run("last").assertDone();
        run("last", "--resume").assertDone();
        assertThat(folder.resolve("last/model/model.safetensors"))
                .hasSameBinaryContentAs(sft.resolve("model.safetensors"));
    }

    @Test
    void itsFilesAreThoseTheRunBeganWithWhereverTheyLie() throws IOException {
        recipe.with(GIVEN + PPO);
        run("run").assertDone();
        Files.move(sft, folder.resolve("moved"));
        String moved = "stages.sft.path=" + folder.resolve("moved");
        run("run", "--resume", "--set", moved).assertDone();

        Files.writeString(
                folder.resolve("moved/config.json"), Files.readString(folder.resolve("moved/config.json")) + "\n");

        run("run", "--resume")
                .assertRefused(USER, folder.resolve("moved/config.json") + " has changed", "(stages.sft.path)");
    }

    @Test
    void whatCannotServeIsRefusedBeforeAnythingTrains() throws IOException {
        recipe.with(GIVEN + PPO);
        refused(
                "stages.sft.path=" + folder.resolve("nowhere"),
                "no such model directory: " + folder.resolve("nowhere"));
        refused("stages.sft.path=" + scores, "stages.sft: " + scores + " holds a reward model", "leaves: reward-model");
        refused("stages.scores.path=" + sft, "stages.scores: " + sft + " holds no reward model", "leaves: policy");
        refused(OTHER_TOKENS, "stages.sft: the tokenizer of", "has other tokens");
        refused(
                "model.hidden-size=32",
                "stages.sft: " + sft.resolve("config.json") + " differs from that of the run's");
        refused("model.context-length=64", "has a context of 32 tokens, the run's model one of 64");
        Files.delete(scores.resolve("score-statistics.json"));
        refused("seed=1", "score-statistics.json", "whiten: false");
        Files.delete(scores.resolve("config.json"));
        refused("seed=1", "no such file: " + scores.resolve("config.json"));
    }

    @Test
    void itHasNoStartAndARewardModelNoAnswers() {
        recipe.with(GIVEN.replace("leaves: policy", "leaves: policy, from: base"));
        run("run").assertRefused(USER, "from");
        recipe.with(GIVEN);
        run("run", "--set", "stages.scores.evaluation.data={kind: spelling}")
                .assertRefused(USER, "stages.scores.evaluation.data", "is of no use to a reward model");
        recipe.with(GIVEN + PPO);
        run("run", "--set", "stages.ppo.from=scores").assertRefused(USER, "stages.ppo.from", "reward model");
    }

    private void refused(String setting, Object... fragments) {
        run("refused", "--set", setting).assertRefused(USER, fragments);
    }

    private Invocation run(String out, String... more) {
        return new SmallRecipe(folder).runIn(folder.resolve(out), more);
    }

    private List<String> evaluated(String run) throws IOException {
        List<String> evaluations = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve(run).resolve("evaluations.jsonl"))) {
            JsonNode evaluation = new ObjectMapper().readTree(line);
            evaluations.add(evaluation.path("stage").asText() + " "
                    + evaluation.path("step").asInt());
        }
        return evaluations;
    }
}
