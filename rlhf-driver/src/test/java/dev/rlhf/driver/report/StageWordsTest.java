package dev.rlhf.driver.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.reward.RewardKinds;
import dev.rlhf.driver.config.LearningStage;
import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.observe.Fact;
import dev.rlhf.driver.observe.StageFamily;
import dev.rlhf.driver.observe.Vocabulary;
import dev.rlhf.driver.recipe.Recipes;
import dev.rlhf.driver.recipe.StageKinds;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the report says of each kind of stage. */
class StageWordsTest {
    /** One stage of each kind, one reward of each kind. */
    private static final String YAML = """
            model: {kind: directory, path: model}
            stages:
              - {name: sft, kind: sft, steps: 1, data: {kind: spelling}}
              - {name: rm, kind: reward-model, from: sft, steps: 1, data: {kind: pairs, path: pairs.jsonl}}
              - {name: dpo, kind: dpo, from: sft, steps: 1, data: {kind: pairs, path: pairs.jsonl}}
              - {name: ipo, kind: ipo, from: sft, steps: 1, data: {kind: pairs, path: pairs.jsonl}}
              - {name: kto, kind: kto, from: sft, steps: 1, data: {kind: pairs, path: pairs.jsonl}}
              - {name: ppo, kind: ppo, steps: 1, prompts-per-step: 1, data: {kind: spelling}, critic: {from: base}, REWARDS}
              - {name: grpo, kind: grpo, steps: 1, prompts-per-step: 1, data: {kind: spelling}, REWARDS}
              - {name: dapo, kind: dapo, steps: 1, prompts-per-step: 1, data: {kind: spelling}, REWARDS}
              - {name: gspo, kind: gspo, steps: 1, prompts-per-step: 1, data: {kind: spelling}, REWARDS}
              - {name: cispo, kind: cispo, steps: 1, prompts-per-step: 1, data: {kind: spelling}, REWARDS}
              - {name: rloo, kind: rloo, steps: 1, prompts-per-step: 1, data: {kind: spelling}, REWARDS}
              - {name: reinforce, kind: reinforce, steps: 1, prompts-per-step: 1, data: {kind: spelling}, REWARDS}
              - {name: best, kind: rejection-sampling, steps: 1, prompts: 4, data: {kind: spelling}, REWARDS}
              - {name: old, kind: given, path: model, leaves: policy}
            """.replace(
                    "REWARDS",
                    "rewards: [{kind: exact-match}, {kind: position-match}, {kind: numeric-answer}, {kind: length-penalty},"
                            + " {kind: reward-model, from: rm}, {kind: http, url: http://judge}]");

    private static final Recipe RECIPE = Recipes.parse("all.yaml", YAML, Path.of("/nowhere"), List.of());

    @Test
    void everyKindOfStageSaysWhereItStartsAndWhatItLearnsFrom() {
        assertThat(RECIPE.stages()).extracting(StageRecipe::kind).hasSameElementsAs(StageKinds.names());
        assertThat(RECIPE.stages())
                .allSatisfy(stage -> assertThat(
                                Vocabulary.purpose(StageKinds.words(stage).purpose()))
                        .isNotBlank());
        assertThat(RECIPE.stages())
                .filteredOn(stage -> stage instanceof LearningStage)
                .hasSizeGreaterThan(11)
                .allSatisfy(stage -> {
                    assertThat(StageKinds.words(stage).facts())
                            .extracting(Fact::name)
                            .startsWith("starts from")
                            .endsWith("learning rate")
                            .hasSizeGreaterThan(2);
                });
        assertThat(RECIPE.stages())
                .extracting(stage -> StageKinds.words(stage).family())
                .containsExactly(
                        StageFamily.IMITATION,
                        StageFamily.PAIRS,
                        StageFamily.PAIRS,
                        StageFamily.PAIRS,
                        StageFamily.PAIRS,
                        StageFamily.REWARDS,
                        StageFamily.REWARDS,
                        StageFamily.REWARDS,
                        StageFamily.REWARDS,
                        StageFamily.REWARDS,
                        StageFamily.REWARDS,
                        StageFamily.REWARDS,
                        StageFamily.IMITATION,
                        StageFamily.IMITATION);
    }

    @Test
    void everyKindOfRewardHasItsOwnWords() {
        String words = StageKinds.words(RECIPE.stages().get(6)).facts().stream()
                .filter(fact -> fact.name().equals("reward"))
                .map(Fact::value)
                .findFirst()
                .orElseThrow();
        assertThat(Set.of(words.split(" \\+ ")))
                .hasSize(new RewardKinds(List.of()).recipes().size());
    }
}
