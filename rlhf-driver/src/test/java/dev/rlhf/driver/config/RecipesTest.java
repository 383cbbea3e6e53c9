package dev.rlhf.driver.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.advantage.BatchBaseline;
import dev.rlhf.core.advantage.GeneralizedAdvantage;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.reward.ExactMatch;
import dev.rlhf.core.reward.LengthPenalty;
import dev.rlhf.core.update.AdaptiveKl;
import dev.rlhf.core.update.FixedKl;
import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.driver.generation.embedded.Embedded;
import dev.rlhf.driver.generation.vllm.Vllm;
import dev.rlhf.driver.model.CopiedTokenizer;
import dev.rlhf.driver.model.GivenModel;
import dev.rlhf.driver.model.RandomModel;
import dev.rlhf.driver.recipe.Recipes;
import dev.rlhf.driver.runtime.inprocess.InProcess;
import dev.rlhf.driver.runtime.ray.NodeResource;
import dev.rlhf.driver.runtime.ray.Ray;
import dev.rlhf.driver.stage.policy.PolicyStage;
import dev.rlhf.driver.stage.sft.SftStage;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How layers of YAML become a recipe, and what is said when they do not. */
class RecipesTest {
    private static final Path DIRECTORY = Path.of("/runs");
    private static final String RECIPE = """
            name: small
            model:
              kind: random
              hidden-size: 32
              layers: 2
              attention-heads: 2
              key-value-heads: 1
              head-size: 16
              intermediate-size: 64
              context-length: 32
              tokenizer: {kind: characters}
            stages:
              - name: sft
                kind: sft
                steps: 5
                data: {kind: spelling}
              - name: optimise
                kind: ppo
                from: sft
                steps: 7
                prompts-per-step: 4
                data: {kind: spelling}
                rewards: [{kind: exact-match}]
                critic: {from: base}
            """;

    @Test
    void whatIsNotWrittenComesFromTheDefaultsOfItsBlockAndItsKind() {
        Recipe recipe = read();
        assertThat(recipe.checkpoint()).isEqualTo(new CheckpointRecipe(25, 2));
        assertThat(recipe.generation()).isEqualTo(new Embedded(128, 1, null, 0.001));
        SftStage sft = (SftStage) recipe.stages().get(0);
        PolicyStage ppo = policy(recipe);
        assertThat(sft.batchSize()).isEqualTo(64);
        assertThat(sft.evaluation())
                .isEqualTo(new EvaluationRecipe(50, true, null, new ExactMatch(), 300, 256, 0, List.of()));
        assertThat(ppo.advantage()).isInstanceOf(GeneralizedAdvantage.class);
        assertThat(ppo.critic()).isNotNull();
        // The stage's defaults say more of the optimiser than the optimiser's own.
        assertThat(ppo.optimiser().learningRate()).isEqualTo(1e-6);
        assertThat(sft.optimiser().learningRate()).isEqualTo(2e-5);
    }

    @Test
    void aPartOfABlockLeavesTheRestOfItAsItWas() {
        PolicyStage before = policy(read());
        PolicyStage after = policy(read(
                "stages.optimise.optimiser={schedule: constant}",
                "stages.optimise.kl={controller: {beta: 0.5}}",
                "stages.optimise.sampling.max-tokens=9"));
        assertThat(after.optimiser().schedule()).isEqualTo(OptimiserSettings.Schedule.CONSTANT);
        assertThat(after.optimiser().learningRate())
                .isEqualTo(before.optimiser().learningRate());
        assertThat(after.kl().controller()).isEqualTo(new FixedKl(0.5));
        assertThat(after.kl().in()).isEqualTo(before.kl().in());
        assertThat(after.sampling().maxTokens()).isEqualTo(9);
        assertThat(after.sampling().temperature()).isEqualTo(before.sampling().temperature());
    }

    @Test
    void anotherKindReplacesTheWholeBlock() {
        String[] reinforce = {"stages.optimise.kind=reinforce", "stages.optimise.critic=null"};
        PolicyStage fixed = policy(read(reinforce));
        assertThat(fixed.advantage()).isInstanceOf(BatchBaseline.class);
        assertThat(fixed.kl().controller()).isEqualTo(new FixedKl(0.05));
        AdaptiveKl adaptive = (AdaptiveKl)
                policy(read(reinforce[0], reinforce[1], "stages.optimise.kl.controller={kind: adaptive, target: 6}"))
                        .kl()
                        .controller();
        assertThat(adaptive.target()).isEqualTo(6);
        // The stage's defaults say 0.05 of the fixed controller, which says nothing of this one.
        assertThat(adaptive.beta()).isEqualTo(0.1);
        assertRefused("stages.optimise.advantage={kind: leave-one-out, gamma: 1}", "advantage.gamma: unknown key");
    }

    @Test
    void aListIsTakenWhole() {
        PolicyStage stage = policy(read("stages.optimise.rewards=[{kind: length-penalty, buffer: 2}]"));
        assertThat(stage.rewards()).singleElement().isEqualTo(new LengthPenalty(null, 1, 2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "seed=7 | seed",
                "stages.sft.steps=9 | steps",
                "stages[0].steps=9 | steps",
                "checkpoint.every-steps=3 | every-steps",
                "generation={kind: vllm, endpoints: [http://gpu-1:8000]} | endpoints",
            })
    void aSettingGoesWhereItsPathLeads(String setting, String key) {
        String value = setting.substring(setting.indexOf('=') + 1);
        String last = value.contains("endpoints") ? "http://gpu-1:8000" : value;
        assertThat(Recipes.write(read(setting)).lines())
                .anyMatch(line ->
                        line.strip().equals(key + ": " + last) || line.strip().equals("- " + last));
        assertThat(Recipes.write(read(setting))).isNotEqualTo(Recipes.write(read()));
    }

    @Test
    void theLastSettingOfAKeyCounts() {
        assertThat(read("seed=7", "seed=1_000").seed()).isEqualTo(1000);
    }

    @Test
    void whereActorsLiveIsABlockOfItsKind() {
        assertThat(read().runtime()).isEqualTo(new InProcess());
        assertThat(read("runtime=ray", "runtime.address=gpu-1:6379").runtime())
                .isEqualTo(new Ray("gpu-1:6379", 512, 0.1, 120, List.of(), List.of(), List.of()));
        assertThat(read("runtime=ray", "runtime.learner=[{name: GPU, amount: 1}]")
                        .runtime())
                .isInstanceOfSatisfying(
                        Ray.class, ray -> assertThat(ray.learner()).containsExactly(new NodeResource("GPU", 1)));
        assertRefused("runtime={kind: ray, learner: [{name: GPU}]}", "runtime.learner.GPU.amount: is missing");
        assertRefused("runtime={kind: in-process, address: gpu-1:6379}", "runtime.address: unknown key");
    }

    @Test
    void aPathIsRelativeToWhereItWasWritten() {
        String text = RECIPE.replace("tokenizer: {kind: characters}", "tokenizer: {kind: file, path: tokens.json}");
        Recipe recipe = Recipes.parse("small.yaml", text, DIRECTORY, List.of());
        CopiedTokenizer file = (CopiedTokenizer) ((RandomModel) recipe.model()).tokenizer();
        assertThat(file.path()).isEqualTo(Path.of("/runs/tokens.json"));
        GivenModel model =
                (GivenModel) read("model={kind: directory, path: here}").model();
        assertThat(model.path()).isEqualTo(Path.of("here").toAbsolutePath());
    }

    @Test
    void whatIsWrittenBackReadsEqual() {
        Recipe recipe = read(
                "generation={kind: vllm, endpoints: [http://gpu-1:8000, http://gpu-2:8000]}",
                "stages.sft.evaluation={data: {kind: spelling, split: held-out}}");
        String written = Recipes.write(recipe);
        assertThat(Recipes.parse("resolved.yaml", written, DIRECTORY, List.of()))
                .isEqualTo(recipe);
        assertThat(((Vllm) recipe.generation()).endpoints())
                .containsExactly(URI.create("http://gpu-1:8000"), URI.create("http://gpu-2:8000"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "seed=1.5 | seed: must be a whole number, not '1.5'",
                "seed=9223372036854775808 | seed: must be a whole number",
                "threads=257 | threads: must be at least 1 and at most 256, not 257",
                "seed=-1 | seed: must be at least 0, not -1",
                "threads={} | threads: must be a whole number, not a block of keys",
                "threads= | threads: is missing; it needs a whole number",
                "name=[a] | name: must be a text, not a list",
                "model=5 | model: must be one of random, initialised, directory, not '5'",
                "model.layers=two | model.layers: must be a whole number, not 'two'",
                "model.rope-theta=1e400 | model.rope-theta: must be a number",
                "model.rope-theta=.nan | model.rope-theta: must be a number",
                "model.tie-embeddings=yes | model.tie-embeddings: must be true or false, not 'yes'",
                "model=random | model.hidden-size: is missing; it needs a whole number",
                "actors=5 | actors: must be a block of keys, not '5'",
                "model.kind=radnom | model.kind: must be one of random, initialised, directory, not 'radnom'; did you mean random?",
                "model={layers: 2} | model.kind: is missing; it needs one of random, initialised, directory",
                "stages={} | stages: must be a list, not a block of keys",
                "stages=[] | stages: must name at least one stage",
                "stages.sft.batchsize=3 | stages.sft.batchsize: unknown key; did you mean batch-size? (allowed: batch-size,",
                "stages.sft.reduction=token-maen | stages.sft.reduction: must be one of",
                "stages.sft.optimiser.beta2=1 | stages.sft.optimiser.beta2: must be at least 0 and below 1, not 1.0",
                "stages.optimise.critic=null | stages.optimise.critic: is missing: the generalized advantage needs one",
                "stages.optimise.mini-batches=3 | stages.optimise.mini-batches: must divide the 4 samples of a step",
                "stages.optimise.rewards=[] | stages.optimise.rewards: must name at least one reward",
                "stages.optimise.rewards=[{kind: exact-match}, 5] | stages.optimise.rewards[1]: must be one of exact-match, http, length-penalty, ",
                "stages.optimise.critic.from=nobody | stages.optimise.critic.from: must be 'base' or an earlier stage [sft], not 'nobody'",
                "stages.optimise.kl={in: none, controller: {kind: adaptive}} | stages.optimise.kl.controller.kind: must be fixed where",
                "stages.optimise.kl={in: metrics, controller: {kind: adaptive}} | stages.optimise.kl.controller.kind: must be fixed where",
                "generation={kind: vllm, endpoints: []} | generation.endpoints: must name at least one server",
                "generation={kind: vllm, endpoints: [gpu-1]} | generation.endpoints[0]: must be an address like http://host:8000",
                "runtime=kubernetes | runtime: must be one of in-process, ray, not 'kubernetes'",
            })
    void whatDoesNotFitIsNamedWithWhatIsAllowed(String setting, String message) {
        assertRefused(setting, message, "--set " + setting + ": ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "seed | must be key=value",
                "stagse=many | unknown key; did you mean stages?",
                "=5 | must be key=value",
                ".=5 | must be key=value",
                "stages.sft.steps.more=5 | stages.sft.steps: must be a whole number, not a block of keys",
                "stages[9].steps=5 | there is no '9' in a list of 2 [sft, optimise]",
                "stages.stf.steps=5 | there is no 'stf' in a list of 2 [sft, optimise]; did you mean sft?",
                "seed=[1 | not YAML",
            })
    void aSettingThatIsNoneIsNamed(String setting, String message) {
        assertRefused(setting, message, "--set " + setting);
    }

    @ParameterizedTest
    @CsvSource({
        "'name: small\nname: other\n', 'small.yaml:2: the key ''name'' is there twice'",
        "'[1, 2]', 'small.yaml:1: must be a block of keys, not a list'",
        "'', 'small.yaml:1: must be a block of keys, not nothing'",
        "'? [a]\n: b\n', 'small.yaml:1: a key must be a word'",
        "'name: \"a\n', 'small.yaml:2'",
        "'&loop {stages: *loop}', 'small.yaml:1'",
    })
    void aFileThatIsNoRecipeIsNamedByItsLine(String text, String message) {
        assertThatThrownBy(() -> Recipes.parse("small.yaml", text, DIRECTORY, List.of()))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContaining(message);
    }

    @Test
    void aLearnerThatRoundsNeedsAWiderGapToOurOwnServer() {
        String text = RECIPE + "precision: bfloat16\n";
        assertThatThrownBy(() -> Recipes.parse("small.yaml", text, DIRECTORY, List.of()))
                .hasMessageContainingAll(
                        "generation.largest-gap: is 0.001, but with precision: bfloat16", "set it to 0.3");

        Recipe wide = Recipes.parse("small.yaml", text + "generation: {largest-gap: 0.3}\n", DIRECTORY, List.of());
        assertThat(wide.generation().largestGap()).isEqualTo(0.3);
    }

    @Test
    void whatOnlyTheDefaultsSpeakOfIsMissedWhereTheUserLeftItOut() {
        String text = RECIPE.replace("    critic: {from: base}\n", "");
        assertThatThrownBy(() -> Recipes.parse("small.yaml", text, DIRECTORY, List.of()))
                .hasMessage("small.yaml:17: stages.optimise.critic.from: is missing; it needs a text");
        assertThatThrownBy(() -> Recipes.parse("small.yaml", "name: small", DIRECTORY, List.of()))
                .hasMessageStartingWith(
                        "small.yaml:1: model: is missing; it needs a block whose kind is one of random");
    }

    private static void assertRefused(String setting, String... words) {
        assertThatThrownBy(() -> read(setting))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.USER))
                .satisfies(failure -> assertThat(failure.getMessage()).contains(words));
    }

    private static PolicyStage policy(Recipe recipe) {
        return (PolicyStage) recipe.stages().get(1);
    }

    private static Recipe read(String... settings) {
        return Recipes.parse("small.yaml", RECIPE, DIRECTORY, Arrays.asList(settings));
    }
}
