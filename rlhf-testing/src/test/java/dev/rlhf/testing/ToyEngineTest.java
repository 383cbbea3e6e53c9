package dev.rlhf.testing;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.RolloutEngine;
import dev.rlhf.core.sync.Canary;
import dev.rlhf.core.sync.WeightPublisher;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Likelihood;
import dev.rlhf.core.update.Reduction;
import dev.rlhf.core.update.TrainingBatch;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class ToyEngineTest extends RolloutEngineContract {
    @TempDir
    static Path models;

    private final ToyEngine engine = new ToyEngine(ToyTask.VOCABULARY);

    @BeforeAll
    static void train() {
        for (int number = 0; number < 2; number++) {
            ToyLearner policy = ToyLearner.policy(ToyTask.VOCABULARY, 1);
            TokenSequence taught = TokenSequence.of(new int[] {1}, new int[] {3 + number, 0});
            policy.update(TrainingBatch.of(List.of(Experience.of(taught))), new Likelihood(Reduction.TOKEN_MEAN));
            policy.save(models.resolve("model-" + number));
        }
    }

    @Override
    protected RolloutEngine engine() {
        return engine;
    }

    @Override
    protected Canary canary(int number) {
        return new Canary(new int[] {0, 1}, new float[] {0}, 1);
    }

    @Override
    protected WeightPublisher publisher() {
        return engine;
    }

    @Override
    protected Path model(int number) {
        return models.resolve("model-" + number);
    }

    @Override
    protected List<Prompt> prompts() {
        return ToyTask.prompts();
    }

    @Override
    protected int unknownToken() {
        return ToyTask.VOCABULARY;
    }

    @Override
    protected int endToken() {
        return ToyTask.END;
    }
}
