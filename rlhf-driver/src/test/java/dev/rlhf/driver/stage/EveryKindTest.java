package dev.rlhf.driver.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.reward.RewardContext;
import dev.rlhf.core.reward.RewardFunction;
import dev.rlhf.core.reward.RewardKinds;
import dev.rlhf.core.reward.RewardRecipe;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.FinishReason;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.driver.config.EvaluationRecipe;
import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.data.CompletionData;
import dev.rlhf.driver.data.DataLoader;
import dev.rlhf.driver.data.DataPreview;
import dev.rlhf.driver.data.PairData;
import dev.rlhf.driver.data.PromptData;
import dev.rlhf.driver.data.SpellingWords;
import dev.rlhf.driver.recipe.Recipes;
import dev.rlhf.driver.recipe.StageKinds;
import dev.rlhf.driver.stage.policy.PolicyStage;
import dev.rlhf.learner.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind that a recipe can name does what it says, by effect: a kind that a list forgot would do what another does. */
class EveryKindTest {
    private static final Prompt PROMPT = new Prompt("p", "p", new int[] {1}, Map.of("answer", "the 7"));
    /** Completions of 12 tokens that no two kinds of rule score alike. */
    private static final List<String> TEXTS = List.of("the 7", "the 8", "a 7");

    /** What each kind of rule gives for {@link #TEXTS}. */
    private static final Map<String, List<Double>> SCORES = Map.of(
            "exact-match", List.of(1.0, 0.0, 0.0),
            "position-match", List.of(1.0, 0.8, 0.0),
            "numeric-answer", List.of(1.0, 0.0, 1.0),
            "length-penalty", List.of(-1.0, -1.0, -1.0));

    /** Keys of the kinds that are no rules, without which they cannot be. */
    private static final Map<String, String> KEYS =
            Map.of("reward-model", ", from: rm", "http", ", url: http://judge:9000/score");

    private static final String HEAD = """
            name: all
            model: {kind: random, hidden-size: 16, layers: 1, attention-heads: 2, key-value-heads: 1, head-size: 8, \
            intermediate-size: 32, context-length: 64, tokenizer: {kind: bytes}}
            stages:
              - {name: rm, kind: reward-model, steps: 1, data: {kind: pairs, path: rows.jsonl}}
            """;

    private static final Map<String, String> DATA = Map.of(
            "spelling", "{kind: spelling}",
            "prompts", "{kind: prompts, path: rows.jsonl, answer-key: completion}",
            "completions", "{kind: completions, path: rows.jsonl}",
            "pairs", "{kind: pairs, path: rows.jsonl, prompt-key: prompt}",
            "ranked-samples",
                    "{kind: ranked-samples, prompts: {kind: spelling}, ranked-by: exact-match, pairs: 2, held-out-pairs: 2,"
                            + " max-tokens: 8}");

    @TempDir
    Path folder;

    @Test
    void everyRewardBuildsItsOwnRule() throws IOException {
        Map<String, List<Double>> found = new HashMap<>();
        for (Class<? extends RewardRecipe> type : new RewardKinds(List.of()).recipes()) {
            String kind = type.getAnnotation(Block.class).kinds()[0];
            RewardRecipe reward = grpo("{kind: " + kind + KEYS.getOrDefault(kind, "") + "}")
                    .rewards()
                    .get(0);
            assertThat(reward).isInstanceOf(type);
            assertThat(reward.kind()).isEqualTo(kind);
            if (!KEYS.containsKey(kind)) {
                found.put(kind, scores(reward));
            }
        }
        assertThat(found).isEqualTo(SCORES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"exact-match", "position-match", "numeric-answer"})
    void everyRuleOfAnEvaluationIsTheRewardOfItsName(String kind) throws IOException {
        StageRecipe stage = recipe("  - {name: sft, kind: sft, steps: 1, data: {kind: spelling}, evaluation: {reward: "
                        + kind + "}}\n")
                .stages()
                .get(1);
        EvaluationRecipe evaluation = Objects.requireNonNull(stage.evaluation());
        assertThat(scores(evaluation.reward())).isEqualTo(SCORES.get(kind));
    }

    @Test
    void anEvaluationIsJudgedByARule() {
        assertThatThrownBy(() -> recipe("  - {name: sft, kind: sft, steps: 1, data: {kind: spelling},"
                        + " evaluation: {reward: length-penalty}}\n"))
                .hasMessageContaining("evaluation.reward")
                .hasMessageContaining("exact-match, numeric-answer, position-match");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{kind: exact-match} | exact-match",
                "{kind: exact-match}, {kind: exact-match} | exact-match exact-match-2",
                "{kind: reward-model, from: rm} | reward-model",
                "{kind: reward-model, from: rm}, {kind: reward-model, from: rm2} | reward-model-rm reward-model-rm2",
                "{kind: reward-model, from: rm}, {kind: reward-model, from: rm} | reward-model-rm reward-model-rm-2",
                "{kind: exact-match}, {kind: position-match, name: exact-match} | exact-match-2 exact-match",
                "{kind: exact-match, name: all}, {kind: exact-match, name: half} | all half",
            })
    void noTwoRewardsHaveOneName(String rewards, String names) throws IOException {
        assertThat(String.join(" ", grpo(rewards).rewardNames())).isEqualTo(names);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{kind: exact-match, name: a}, {kind: position-match, name: a} | 'a' is used twice",
                "{kind: exact-match, name: 'a b'} | must be letters, digits",
                "{kind: length-penalty, buffer: 13} | rewards[0].buffer: must be at most max-tokens, 12, not 13",
            })
    void aRewardThatCannotBeIsRefusedWithTheRecipe(String rewards, String message) {
        assertThatThrownBy(() -> grpo(rewards))
                .isInstanceOf(RlhfException.class)
                .hasMessageContaining(message);
    }

    /** Each kind of stage is read with each kind of data that it takes. */
    @Test
    void everyStageReadsEveryKindOfItsData() throws IOException {
        Files.writeString(
                folder.resolve("rows.jsonl"),
                "{\"prompt\": \"2+2?\", \"completion\": \"4\", \"chosen\": \"4\", \"rejected\": \"5!\"}\n");
        Map<String, Class<?>> dataOf = new HashMap<>(Map.of("sft", CompletionData.class));
        for (String kind : List.of("reward-model", "dpo", "ipo", "kto")) {
            dataOf.put(kind, PairData.class);
        }
        for (String kind : List.of("ppo", "grpo", "dapo", "gspo", "cispo", "rloo", "reinforce", "rejection-sampling")) {
            dataOf.put(kind, PromptData.class);
        }
        // What is given has no data.
        assertThat(StageKinds.names()).filteredOn(kind -> !kind.equals("given")).hasSameElementsAs(dataOf.keySet());
        Recipe base = recipe("");
        Path model = base.model().build(base.runSeed(), folder.resolve("base"));
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.open(model)) {
            DataLoader loader = new DataLoader(tokenizer, 64, SpellingWords.load());
            for (Map.Entry<String, Class<?>> stage : dataOf.entrySet()) {
                for (String data : kinds(stage.getValue())) {
                    List<DataPreview> previews = StageKinds.preview(loader, stage(stage.getKey(), data));
                    assertThat(previews).singleElement().satisfies(preview -> {
                        boolean ofFile = !data.equals("spelling") && !data.equals("ranked-samples");
                        assertThat(preview.source())
                                .isEqualTo(ofFile ? folder.resolve("rows.jsonl").toString() : "spelling");
                        assertThat(preview.train()).isEqualTo(ofFile ? 1 : preview.rows() - preview.heldOut());
                        boolean responses =
                                dataOf.get(stage.getKey()) != PromptData.class && !data.equals("ranked-samples");
                        assertThat(preview.responses().longest() > 0).isEqualTo(responses);
                        assertThat(preview.examples()).hasSize(ofFile ? (data.equals("pairs") ? 2 : 1) : 3);
                    });
                }
            }
        }
    }

    @Test
    void everyKindOfStageIsOnThePageOfAlgorithms() throws IOException {
        assertThat(Files.readString(Path.of("..", "docs", "algorithms.md")).lines())
                .as("rows of docs/algorithms.md")
                .anySatisfy(row -> assertThat(row).startsWith("| kind | made of |"))
                .satisfies(rows -> {
                    for (String kind : StageKinds.names()) {
                        assertThat(rows).anySatisfy(row -> assertThat(row).startsWith("| `" + kind + "` |"));
                    }
                });
    }

    private StageRecipe stage(String kind, String data) throws IOException {
        String more = switch (kind) {
            case "ppo" ->
                ", prompts-per-step: 2, sampling: {max-tokens: 12}, rewards: [{kind: exact-match}], critic: {from: base}";
            case "grpo", "dapo", "gspo", "cispo", "rloo", "reinforce" ->
                ", prompts-per-step: 2, sampling: {max-tokens: 12}, rewards: [{kind: exact-match}]";
            case "rejection-sampling" -> ", prompts: 1, sampling: {max-tokens: 12}, rewards: [{kind: exact-match}]";
            default -> "";
        };
        Recipe recipe = recipe("  - {name: it, kind: " + kind + ", steps: 1, data: " + DATA.get(data) + more + "}\n");
        return recipe.stages().get(1);
    }

    private PolicyStage grpo(String rewards) throws IOException {
        Recipe recipe = recipe("  - {name: rm2, kind: reward-model, steps: 1, data: {kind: pairs, path: rows.jsonl}}\n"
                + "  - {name: it, kind: grpo, steps: 1, prompts-per-step: 2, sampling: {max-tokens: 12},"
                + " data: {kind: spelling}, rewards: [" + rewards + "]}\n");
        return (PolicyStage) recipe.stages().get(2);
    }

    private Recipe recipe(String stages) throws IOException {
        return Recipes.read(Files.writeString(folder.resolve("all.yaml"), HEAD + stages), List.of());
    }

    private static List<Double> scores(RewardRecipe reward) {
        List<Completion> completions = TEXTS.stream()
                .map(text -> new Completion(new int[12], new float[12], FinishReason.STOP, new WeightVersion(1), text))
                .toList();
        RewardFunction opened = reward.open(RewardContext.of(12));
        return Arrays.stream(opened.score(List.of(new RolloutGroup(PROMPT, completions)))[0])
                .boxed()
                .toList();
    }

    /** The kinds of a choice, as recipes name them. */
    private static Set<String> kinds(Class<?> choice) {
        return Arrays.stream(choice.getPermittedSubclasses())
                .flatMap(type -> Stream.of(type.getAnnotation(Block.class).kinds()))
                .collect(Collectors.toSet());
    }
}
