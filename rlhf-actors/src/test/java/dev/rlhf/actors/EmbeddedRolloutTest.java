package dev.rlhf.actors;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.RolloutEngine;
import dev.rlhf.core.sync.Canary;
import dev.rlhf.core.sync.WeightPublisher;
import dev.rlhf.core.sync.WeightSnapshot;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.learner.DjlNetwork;
import dev.rlhf.learner.HuggingFaceTokenizer;
import dev.rlhf.learner.model.ModelConfig;
import dev.rlhf.testing.Failures;
import dev.rlhf.testing.RolloutEngineContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two rollout actors, each with an embedded server of its own, are one engine. */
class EmbeddedRolloutTest extends RolloutEngineContract {
    @TempDir
    static Path models;

    private static InProcessRuntime runtime;
    private static RolloutClient client;

    @BeforeAll
    static void start() {
        SmallModel.in(models.resolve("0"), 1);
        SmallModel.in(models.resolve("1"), 2);
        runtime = new InProcessRuntime();
        byte[] settings = new RolloutSettings(
                        new GenerationPlace.Embedded(models.resolve("0").toString(), 8, 1, null), List.of(0), null, 600)
                .bytes();
        client = new RolloutClient(
                Stream.of("rollout-0", "rollout-1")
                        .map(name -> runtime.spawn(RolloutActor.ROLE, name, settings))
                        .toList(),
                Duration.ofMinutes(10));
    }

    @AfterAll
    static void stop() {
        runtime.close();
    }

    @Override
    protected RolloutEngine engine() {
        return client;
    }

    @Override
    protected WeightPublisher publisher() {
        return client;
    }

    @Override
    protected Path model(int number) {
        return models.resolve(String.valueOf(number));
    }

    @Override
    protected Canary canary(int number) {
        NetworkSettings settings =
                new NetworkSettings(model(number).toString(), Head.LANGUAGE_MODEL, 2048, 1, new Seed(1));
        ModelConfig config = ModelConfig.read(model(number));
        try (DjlNetwork network = DjlNetwork.open(settings)) {
            return Canary.of(network, config.vocabularySize(), config.contextLength(), 1e-5);
        }
    }

    @Test
    void otherWeightsThanTheCanarysAreFoundOut() {
        WeightSnapshot wrong = new WeightSnapshot(model(0), new WeightVersion(9), canary(1));
        Failures.assertFails(() -> client.publish(wrong), ErrorKind.RESOURCE, "v000009", "log-probs", "differ");
    }

    @Override
    protected List<Prompt> prompts() {
        return IntStream.range(3, 9)
                .mapToObj(token -> new Prompt("p:" + token, "p", new int[] {token, token + 2}, Map.of()))
                .toList();
    }

    @Override
    protected int unknownToken() {
        return ModelConfig.read(model(0)).vocabularySize();
    }

    @Override
    protected int endToken() {
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.open(model(0))) {
            return tokenizer.endOfSequence();
        }
    }
}
