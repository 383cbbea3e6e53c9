package dev.rlhf.core.loop;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.reward.Scorer;
import dev.rlhf.core.rollout.RolloutEngine;
import dev.rlhf.core.update.Learner;
import dev.rlhf.core.update.Network;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.core.update.UpdateReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Writes down who was asked for what, in order. */
final class Journal {
    private final List<String> entries = new ArrayList<>();

    /** What was written since the last time. */
    List<String> take() {
        List<String> taken = List.copyOf(entries);
        entries.clear();
        return taken;
    }

    RolloutEngine engine(RolloutEngine engine) {
        return (prompts, sampling, seed) -> {
            entries.add("generate");
            return engine.generate(prompts, sampling, seed);
        };
    }

    Scorer scorer(Scorer scorer) {
        return groups -> {
            entries.add("score");
            return scorer.score(groups);
        };
    }

    WeightSync sync(WeightSync sync) {
        return (policy, version) -> {
            entries.add("publish " + version.text());
            return sync.publish(policy, version);
        };
    }

    Network network(String name, Network network) {
        return new Network() {
            @Override
            public TokenOutputs evaluate(List<TokenSequence> rows, double temperature, Set<Output> wanted) {
                entries.add(name + " evaluates");
                return network.evaluate(rows, temperature, wanted);
            }

            @Override
            public void save(Path modelDirectory) {
                network.save(modelDirectory);
            }
        };
    }

    Learner learner(String name, Learner learner) {
        return new Learner() {
            @Override
            public TokenOutputs evaluate(List<TokenSequence> rows, double temperature, Set<Output> wanted) {
                entries.add(name + " evaluates");
                return learner.evaluate(rows, temperature, wanted);
            }

            @Override
            public UpdateReport update(TrainingBatch batch, Objective objective) {
                entries.add(name + " learns");
                return learner.update(batch, objective);
            }

            @Override
            public void save(Path modelDirectory) {
                learner.save(modelDirectory);
            }

            @Override
            public void saveState(Path stateDirectory) {
                entries.add(name + " saves");
                learner.saveState(stateDirectory);
            }

            @Override
            public void loadState(Path stateDirectory) {
                learner.loadState(stateDirectory);
            }
        };
    }
}
