package dev.rlhf.driver.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rlhf.actors.ActorRuntime;
import dev.rlhf.actors.InProcessRuntime;
import dev.rlhf.actors.RewardSettings;
import dev.rlhf.actors.RewardTerm;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.reward.NumericAnswer;
import dev.rlhf.core.reward.ScoredGroup;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.FinishReason;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.sync.Canaries;
import dev.rlhf.core.sync.Canary;
import dev.rlhf.core.sync.WeightSnapshot;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Network;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.data.DataLoader;
import dev.rlhf.driver.recipe.Recipes;
import dev.rlhf.driver.stage.policy.PolicyStage;
import dev.rlhf.learner.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the rows of a GSM8K file to scored rows of tokens, by the recipe and the actors of a real run; only the model is smaller. */
class SampledRowsTest {
    private static final int MAX_TOKENS = 48;
    private static final int SAMPLES = 8;
    /** Numbers with more than digits, which other tests read. */
    private static final Pattern SIGNED_OR_BROKEN = Pattern.compile("[-.,]\\d|\\d[.,]\\d");

    private static final WeightVersion VERSION = new WeightVersion(1);

    @TempDir
    Path folder;

    private final ActorRuntime runtime = new InProcessRuntime();
    private Path base = Path.of("");
    private RunActors actors;
    private HuggingFaceTokenizer tokenizer;
    private List<Prompt> prompts = List.of();
    private List<RolloutGroup> groups = List.of();

    @BeforeEach
    void drawSamples() throws IOException {
        Path data = folder.resolve("rows.jsonl");
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            rows.append("{\"question\": \"What is ")
                    .append(i)
                    .append(" and nothing?\", \"answer\": \"It is <<")
                    .append(i)
                    .append("+0=")
                    .append(i)
                    .append(">>.\\n#### ")
                    .append(i)
                    .append("\"}\n");
        }
        Files.writeString(data, rows);
        Recipe recipe = Recipes.read(
                Path.of("..", "recipes", "gsm8k-grpo.yaml"),
                List.of(
                        "stages.grpo.data.path=" + data,
                        "model.hidden-size=32",
                        "model.layers=2",
                        "model.attention-heads=2",
                        "model.head-size=16",
                        "model.intermediate-size=64"));
        base = recipe.model().build(recipe.runSeed(), folder.resolve("base"));
        tokenizer = HuggingFaceTokenizer.open(base);
        PolicyStage stage = (PolicyStage) recipe.stages().get(0);
        prompts = new DataLoader(tokenizer, 1024, List.of()).prompts(stage.data(), MAX_TOKENS);
        actors = RunActors.start(runtime, recipe, base, List.of(tokenizer.endOfSequence()));
        NetworkSettings settings = new NetworkSettings(base.toString(), Head.LANGUAGE_MODEL, 2048, 1, new Seed(1));
        Network network = actors.learner().open("published", settings);
        Canary canary = new Canaries(258, 1024, 1e-4).of(network);
        actors.rollouts().publish(new WeightSnapshot(base, VERSION, canary));
        groups = actors.rollouts().generate(prompts, new SamplingParams(SAMPLES, 1, 1, 0, MAX_TOKENS), new Seed(3));
    }

    @AfterEach
    void endActors() {
        runtime.close();
        tokenizer.close();
    }

    @Test
    void promptsAreTheTemplateWithTheQuestion() {
        assertThat(prompts).hasSize(10);
        assertThat(prompts.get(7).text()).isEqualTo("Question: What is 7 and nothing?\nAnswer:");
        assertThat(tokenizer.decode(prompts.get(7).tokens()))
                .isEqualTo(prompts.get(7).text());
        assertThat(prompts.get(7).fields()).containsEntry("answer", "It is <<7+0=7>>.\n#### 7");
    }

    @Test
    void rowsAreThePromptAndAllThatWasSampledTheEndIncluded() {
        int end = tokenizer.endOfSequence();
        for (RolloutGroup group : groups) {
            assertThat(group.completions()).hasSize(SAMPLES);
            for (int i = 0; i < SAMPLES; i++) {
                Completion completion = group.completions().get(i);
                int[] tokens = completion.tokens();
                int[] before = Arrays.copyOf(tokens, tokens.length - 1);
                assertThat(before).as("the end comes last").doesNotContain(end);
                if (completion.finishReason() == FinishReason.STOP) {
                    assertThat(tokens[tokens.length - 1]).isEqualTo(end);
                    assertThat(completion.text()).isEqualTo(text(group, before));
                } else {
                    assertThat(tokens).hasSize(MAX_TOKENS).doesNotContain(end);
                    assertThat(completion.text()).isEqualTo(text(group, tokens));
                }
                TokenSequence row = group.sequences().get(i);
                assertThat(row.promptLength()).isEqualTo(group.prompt().tokens().length);
                assertThat(row.tokens()).startsWith(group.prompt().tokens()).endsWith(tokens);
                assertThat(completion.logProbs()).hasSameSizeAs(tokens);
            }
        }
        Map<FinishReason, Long> reasons = groups.stream()
                .flatMap(group -> group.completions().stream())
                .collect(Collectors.groupingBy(Completion::finishReason, Collectors.counting()));
        assertThat(reasons).as("both ends occur").hasSize(2);
    }

    @Test
    void theLearnerSaysOfEveryTokenWhatTheServerSaid() {
        NetworkSettings settings = new NetworkSettings(base.toString(), Head.LANGUAGE_MODEL, 2048, 1, new Seed(1));
        List<TokenSequence> rows =
                groups.stream().flatMap(group -> group.sequences().stream()).toList();
        List<Completion> completions =
                groups.stream().flatMap(group -> group.completions().stream()).toList();

        float[][] learner = actors.learner().open("policy", settings).logProbs(rows, 1);

        for (int row = 0; row < learner.length; row++) {
            assertThat(learner[row])
                    .as("row %s", row)
                    .containsExactly(completions.get(row).logProbs(), within(1e-4f));
        }
    }

    @Test
    void aSampleIsRightWhenItsLastNumberIsTheAnswers() {
        List<ScoredGroup> scored = actors.scorer(new RewardSettings(
                        List.of(), 12, List.of(RewardTerm.of("numeric-answer", new NumericAnswer(), null, null))))
                .score(groups);
        int right = 0;
        for (int g = 0; g < groups.size(); g++) {
            double[] rewards = scored.get(g).rewards();
            assertThat(rewards).hasSize(SAMPLES);
            for (int i = 0; i < SAMPLES; i++) {
                String text = groups.get(g).completions().get(i).text();
                if (!SIGNED_OR_BROKEN.matcher(text).find()) {
                    String digits = text.replaceAll("[^0-9]+", " ").strip();
                    String last = digits.substring(digits.lastIndexOf(' ') + 1);
                    assertThat(rewards[i]).as("%s for %s", text, g).isEqualTo(last.matches("0*" + g) ? 1 : 0);
                }
                right += (int) rewards[i];
            }
        }
        assertThat(right).as("samples that happen to be right").isPositive();
    }

    /** What the tokens add to the prompt; a character that is not finished is no text. */
    private String text(RolloutGroup group, int[] tokens) {
        return String.join("", tokenizer.pieces(group.prompt().tokens(), tokens));
    }
}
