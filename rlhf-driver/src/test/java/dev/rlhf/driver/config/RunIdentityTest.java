package dev.rlhf.driver.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.config.Leaf;
import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Changeable;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.reward.RewardKinds;
import dev.rlhf.driver.recipe.Recipes;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunIdentityTest {
    private static final Path DIRECTORY = Path.of("/recipes");

    private static final String RECIPE = """
            name: small
            model: {kind: directory, path: model}
            runtime: ray
            generation: {kind: vllm, endpoints: [http://a:8000]}
            stages:
              - {name: sft, kind: sft, steps: 6, data: {kind: completions, path: sft.jsonl},
                 evaluation: {data: {kind: prompts, path: held.jsonl, answer-key: answer}, limit: 5}}
              - {name: rl, kind: ppo, from: sft, steps: 4, prompts-per-step: 2, data: {kind: prompts, path: rl.jsonl},
                 rewards: [{kind: length-penalty, weight: 2}], critic: {from: base}}
            """;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name                                | other",
                "deadline-seconds                    | 7",
                "generation.model-name               | other",
                "generation.endpoints                | [http://b:8000, http://c:8000]",
                "runtime.address                         | gpu-1:6379",
                "runtime.worker-heap-mib                 | 1024",
                "runtime.start-seconds                   | 9",
                "runtime.rollout                         | [{name: near-vllm, amount: 0.01}]",
                "actors.rollout                      | 2",
                "actors.reward                       | 3",
                "checkpoint.keep                     | 9",
                "checkpoint.every-steps              | 9",
                "stages.sft.steps                    | 60",
                "stages.rl.steps                     | 1",
                "stages.sft.evaluation.limit         | 6",
                "stages.sft.evaluation               | null",
                "stages.rl.evaluation                | {data: {kind: spelling}}",
                "stages.sft.evaluation.data.path     | other.jsonl",
                "stages.sft.data.path                | moved.jsonl",
                "model.path                          | moved",
            })
    void whatNeverChangesAWeightMayDiffer(String key, String value) {
        List<RecipeChange> changes = RunIdentity.changes(recipe(), recipe(key + "=" + value));

        assertThat(changes)
                .isNotEmpty()
                .allSatisfy(change -> assertThat(change.key()).startsWith(key));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "seed                                     | 2               | seed: the run began with 1, | says 2",
                "threads                                  | 2               | threads: the run began with 1, | says 2",
                "runtime                                  | in-process      | runtime.kind: the run began with ray, | says in-process",
                "generation                               | {kind: embedded} | generation.kind: the run began with vllm, | says embedded",
                "stages.sft.batch-size                    | 9               | stages.sft.batch-size: the run began with 64, | says 9",
                "stages.sft.data                          | {kind: spelling} | stages.sft.data.kind: the run began with completions, | says spelling",
                "stages.sft.data.held-out                 | 1               | stages.sft.data.held-out: the run began with 0, | says 1",
                "stages.rl.rewards[0].weight              | 3               | stages.rl.rewards[0].weight: the run began with 2.0, | says 3.0",
                "stages.rl.kl.controller.beta             | 0.2             | stages.rl.kl.controller.beta: the run began with 0.1, | says 0.2",
                "stages.rl.optimiser.schedule             | cosine          | stages.rl.optimiser.schedule: the run began with linear, | says cosine",
                "stages.rl.sampling.temperature           | 0.5             | stages.rl.sampling.temperature: the run began with 1.0, | says 0.5",
                "stages.rl.name                           | other           | stages: the run began with sft, rl, | says sft, other",
            })
    void whatChangesAWeightIsRefusedWithItsKeyAndBothValues(String key, String value, String began, String says) {
        assertThatThrownBy(() -> RunIdentity.changes(recipe(), recipe(key + "=" + value)))
                .isInstanceOfSatisfying(
                        RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageStartingWith("cannot resume with another " + began)
                .hasMessageContaining(says);
    }

    @Test
    void stagesMayFollowButNoneMayGo() {
        Recipe longer = Recipes.parse(
                "longer",
                RECIPE + "  - {name: more, kind: sft, steps: 1, data: {kind: spelling}}\n",
                DIRECTORY,
                List.of());

        assertThat(RunIdentity.changes(recipe(), longer)).isEmpty();
        assertThatThrownBy(() -> RunIdentity.changes(longer, recipe()))
                .hasMessageStartingWith("cannot resume with another stages: the run began with sft, rl, more");
    }

    @Test
    void whatMayGrowIsAKey() {
        assertThat(RunIdentity.GROWING).isSubsetOf(Recipes.keys());
    }

    /** A key is fixed unless its own record says otherwise, whatever other kinds call theirs. */
    @Test
    void whatAKindSaysOfItsKeysHoldsForItAlone() {
        Map<String, Leaf> own = Leaf.of(new OwnReward("words", 3, Path.of("words.txt")));
        assertThat(own.values()).noneMatch(Leaf::changeable);
        assertThat(own.values())
                .filteredOn(RunIdentity::guarded)
                .extracting(Leaf::path)
                .containsExactly("path");
        assertThat(Stream.of(new RewardKinds(List.of()).recipe("http").getRecordComponents())
                        .filter(component -> component.isAnnotationPresent(Changeable.class))
                        .map(RecordComponent::getName))
                .containsExactly("url", "concurrency", "deadlineSeconds", "keyVariable");
    }

    @Block(value = "reward", kinds = "own")
    private record OwnReward(String name, int concurrency, Path path) {}

    private static Recipe recipe(String... settings) {
        return Recipes.parse(
                "small.yaml", RECIPE, DIRECTORY, Stream.of(settings).toList());
    }
}
