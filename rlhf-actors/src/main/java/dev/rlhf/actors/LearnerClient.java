package dev.rlhf.actors;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Learner;
import dev.rlhf.core.update.Network;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.core.update.UpdateReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * A learner actor as its networks.
 *
 * <p>A learner has state, so no call is repeated: when the actor is lost, calls fail with an {@link ActorLost} and the driver
 * restores its networks from a checkpoint.
 */
public final class LearnerClient {
    private final ActorHandle actor;
    private final Duration deadline;

    /**
     * A client of a started actor.
     *
     * @param actor the learner actor
     * @param deadline longest wait for one call
     */
    public LearnerClient(ActorHandle actor, Duration deadline) {
        this.actor = actor;
        this.deadline = deadline;
    }

    /** Opens a network that learns for {@code totalSteps} optimiser steps, in place of one of that name. */
    public Learner open(String name, NetworkSettings settings, OptimiserSettings optimiser, int totalSteps) {
        ask(LearnerActor.OPEN, new LearnerMessage.Open(name, settings, optimiser, totalSteps));
        return new RemoteLearner(name);
    }

    /** Opens a network that stays as it is, in place of one of that name. */
    public Network open(String name, NetworkSettings settings) {
        ask(LearnerActor.OPEN, new LearnerMessage.Open(name, settings, null, 0));
        return new RemoteLearner(name);
    }

    /** Frees a network; nothing happens when there is none. */
    public void close(String name) {
        ask(LearnerActor.CLOSE, new LearnerMessage.Close(name));
    }

    private byte[] ask(String method, LearnerMessage message) {
        return actor.ask(method, Wire.write(message), deadline);
    }

    private final class RemoteLearner implements Learner {
        private final String name;

        private RemoteLearner(String name) {
            this.name = name;
        }

        @Override
        public TokenOutputs evaluate(List<TokenSequence> rows, double temperature, Set<Output> wanted) {
            return Wire.read(
                    ask(LearnerActor.EVALUATE, new LearnerMessage.Evaluate(name, rows, temperature, wanted)),
                    TokenOutputs.class);
        }

        @Override
        public UpdateReport update(TrainingBatch batch, Objective objective) {
            return Wire.read(
                    ask(
                            LearnerActor.UPDATE,
                            new LearnerMessage.Update(
                                    name, batch.keeping(objective.needs().inputs()), objective)),
                    UpdateReport.class);
        }

        @Override
        public void save(Path modelDirectory) {
            files(LearnerActor.SAVE, modelDirectory);
        }

        @Override
        public void saveState(Path stateDirectory) {
            files(LearnerActor.SAVE_STATE, stateDirectory);
        }

        @Override
        public void loadState(Path stateDirectory) {
            files(LearnerActor.LOAD_STATE, stateDirectory);
        }

        private void files(String method, Path directory) {
            ask(
                    method,
                    new LearnerMessage.Files(name, directory.toAbsolutePath().toString()));
        }
    }
}
