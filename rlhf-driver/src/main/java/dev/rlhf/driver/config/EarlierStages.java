package dev.rlhf.driver.config;

import dev.rlhf.core.base.KeyException;
import java.util.Map;

/**
 * The stages before one, which it may refer to.
 *
 * @param byName each by its name
 */
public record EarlierStages(Map<String, StageRecipe> byName) {
    /** Lets a key name the base or any earlier stage; throws USER naming the key. */
    public void requireModel(String name, String key) {
        KeyException.require(
                name.equals(Recipe.BASE) || byName.containsKey(name),
                key,
                "must be 'base' or an earlier stage "
                        + byName.keySet().stream().sorted().toList() + ", not '" + name + "'");
    }

    /** Lets a key name the base or an earlier stage that leaves a language model; throws USER naming the key. */
    public void requirePolicy(String name, String key) {
        requireModel(name, key);
        StageRecipe stage = byName.get(name);
        KeyException.require(
                stage == null || stage.leavesPolicy(),
                key,
                "'" + name + "' leaves a reward model, which is no language model to start from");
    }

    /** Lets a key name an earlier stage that leaves a reward model; throws USER naming the key. */
    public void requireRewardModel(String name, String key) {
        StageRecipe stage = byName.get(name);
        KeyException.require(
                stage != null && !stage.leavesPolicy(),
                key,
                "must name an earlier reward-model stage, not '" + name + "'");
    }
}
