package dev.rlhf.driver.stage;

import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.update.Network;
import java.util.Optional;

/**
 * The models that answer a stage's held-out prompts.
 *
 * @param policy the one that is measured
 * @param reference the one that the stage starts from, where the stage has it open
 * @param version under which the starting model's weights may be published when the stage is opened, before the policy's
 */
public record EvaluatedModels(Network policy, Optional<Network> reference, WeightVersion version) {}
