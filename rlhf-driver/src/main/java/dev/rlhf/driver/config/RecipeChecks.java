package dev.rlhf.driver.config;

import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.reward.RewardRecipe;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What one key of a recipe asks of another. */
final class RecipeChecks {
    private RecipeChecks() {}

    /** Throws USER for the key {@code path}, relative to the block being checked, unless {@code holds}. */
    static void require(boolean holds, String path, String complaint) {
        if (!holds) {
            throw new KeyException(path, complaint);
        }
    }

    /** Throws USER unless the template has a place for the prompt. */
    static void requireTemplate(String template) {
        require(template.contains("{prompt}"), "template", "must contain {prompt}, \"" + template + "\" does not");
    }

    /** Checks names and references; throws {@link RlhfException} of kind USER naming the key. */
    static void check(String name, List<StageRecipe> stages) {
        require(name.matches("[A-Za-z0-9][A-Za-z0-9._-]*"), "name", "must be letters, digits, '.', '_' and '-'");
        require(!stages.isEmpty(), "stages", "must name at least one stage");
        Map<String, StageRecipe> earlier = new HashMap<>();
        for (int i = 0; i < stages.size(); i++) {
            StageRecipe stage = stages.get(i);
            String nameKey = "stages[" + i + "].name";
            require(
                    stage.name().matches("[a-z0-9][a-z0-9-]*"),
                    nameKey,
                    "must be lower-case letters, digits and '-', not '" + stage.name() + "'");
            require(!stage.name().equals(Recipe.BASE), nameKey, "must not be 'base', which is the model itself");
            String path = "stages." + stage.name();
            checkPolicySource(stage.from(), earlier, path + ".from");
            EvaluationRecipe evaluation = stage.evaluation();
            if (evaluation != null && evaluation.data() != null) {
                requireAnswers(evaluation.data(), path + ".evaluation.data", "the evaluation");
            }
            if (stage instanceof PolicyStage policy) {
                check(policy, earlier, path);
            }
            require(
                    earlier.put(stage.name(), stage) == null,
                    nameKey,
                    "'" + stage.name() + "' is used twice; names must be unique");
        }
    }

    private static void check(PolicyStage stage, Map<String, StageRecipe> earlier, String path) {
        for (int i = 0; i < stage.rewards().size(); i++) {
            RewardRecipe reward = stage.rewards().get(i);
            if (reward.needsAnswers()) {
                requireAnswers(stage.data(), path + ".data", "rewards[" + i + "]");
            }
            if (reward.model().isPresent()) {
                String from = reward.model().get().from();
                StageRecipe source = earlier.get(from);
                require(
                        source != null && !source.leavesPolicy(),
                        path + ".rewards[" + i + "].from",
                        "must name an earlier reward-model stage, not '" + from + "'");
            }
        }
        CriticRecipe critic = stage.critic();
        if (critic != null) {
            require(
                    critic.from().equals(Recipe.BASE) || earlier.containsKey(critic.from()),
                    path + ".critic.from",
                    unknown(critic.from(), earlier));
        }
    }

    private static void requireAnswers(PromptData data, String path, String asker) {
        require(
                !(data instanceof PromptFile file) || file.answerKey() != null,
                path + ".answer-key",
                "is missing: " + asker + " compares with the answer");
    }

    private static void checkPolicySource(String from, Map<String, StageRecipe> earlier, String path) {
        StageRecipe source = earlier.get(from);
        require(from.equals(Recipe.BASE) || source != null, path, unknown(from, earlier));
        require(
                source == null || source.leavesPolicy(),
                path,
                "'" + from + "' leaves a reward model, which is no language model to start from");
    }

    private static String unknown(String from, Map<String, StageRecipe> earlier) {
        return "must be 'base' or an earlier stage "
                + earlier.keySet().stream().sorted().toList() + ", not '" + from + "'";
    }
}
