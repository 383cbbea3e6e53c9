package dev.rlhf.driver.stage.policy;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;
import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.core.update.Reduction;
import dev.rlhf.core.update.ValueRegression;

/**
 * PPO's critic.
 *
 * @param from the stage whose weights it starts from, or {@code base}
 * @param warmupSteps steps at the start in which only the critic learns
 * @param valueClip how far a value may move in one update; 0 for no bound
 * @param optimiser AdamW of the critic
 */
@Block("critic")
public record CriticRecipe(
        String from,
        @Range(min = 0) int warmupSteps,
        @Range(min = 0) double valueClip,
        OptimiserSettings optimiser) {

    /** The critic's loss. */
    public ValueRegression objective() {
        return new ValueRegression(valueClip, 1, Reduction.TOKEN_MEAN);
    }
}
