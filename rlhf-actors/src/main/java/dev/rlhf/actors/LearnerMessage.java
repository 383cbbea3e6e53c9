package dev.rlhf.actors;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.TrainingBatch;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is said to a learner actor; each message names the network it is about. */
sealed interface LearnerMessage {
    /** Name of the network, e.g. {@code policy}. */
    String network();

    /**
     * Opens a network, in place of one of that name.
     *
     * @param network its name
     * @param settings where it is and what is on top
     * @param optimiser how it learns, or null for one that stays as it is
     * @param totalSteps optimiser steps that its learning rate's schedule spans
     */
    record Open(
            String network,
            NetworkSettings settings,
            @Nullable OptimiserSettings optimiser,
            int totalSteps) implements LearnerMessage {}

    /**
     * Frees a network; nothing happens when there is none.
     *
     * @param network its name
     */
    record Close(String network) implements LearnerMessage {}

    /**
     * Asks what a network says of sequences.
     *
     * @param network its name
     * @param rows sequences
     * @param temperature logits are divided by it
     * @param wanted what is asked for
     */
    record Evaluate(String network, List<TokenSequence> rows, double temperature, Set<Output> wanted)
            implements LearnerMessage {}

    /**
     * Takes one optimiser step.
     *
     * @param network its name
     * @param batch rows
     * @param objective loss
     */
    record Update(String network, TrainingBatch batch, Objective objective) implements LearnerMessage {}

    /**
     * Reads or writes files of a network.
     *
     * @param network its name
     * @param directory absolute path
     */
    record Files(String network, String directory) implements LearnerMessage {}
}
