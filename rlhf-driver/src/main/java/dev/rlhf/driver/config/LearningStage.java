package dev.rlhf.driver.config;

import dev.rlhf.core.update.OptimiserSettings;

/** A stage that trains a network; it starts from the weights of an earlier one. */
public interface LearningStage extends StageRecipe {
    /** AdamW of the trained network. */
    OptimiserSettings optimiser();
}
