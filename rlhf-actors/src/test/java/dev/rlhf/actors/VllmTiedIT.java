package dev.rlhf.actors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.Deadline;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.sync.Canary;
import dev.rlhf.core.sync.WeightSnapshot;
import dev.rlhf.core.update.Device;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.core.update.Precision;
import dev.rlhf.learner.DjlNetwork;
import dev.rlhf.learner.model.ModelConfig;
import dev.rlhf.rollout.ServerSettings;
import dev.rlhf.rollout.VllmFleet;
import dev.rlhf.testing.Failures;
import dev.rlhf.testing.vllm.LocalVllm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real vLLM on a CPU keeps a packed copy of the output head, which a reload leaves as it was where embeddings are tied; only
 * log-probs show it.
 */
class VllmTiedIT {
    private static final double TOLERANCE = 1e-4;

    @TempDir
    Path models;

    @Test
    void weightsWithoutTheirHeadAreFoundOutAndWithItAreServed() {
        SmallModel.ofVllm(models.resolve("start"), 1, true);
        SmallModel.ofVllm(models.resolve("next"), 2, true);
        try (LocalVllm server = LocalVllm.start(LocalVllm.Settings.right(models.resolve("start")))
                        .awaitHealthy();
                VllmFleet fleet = new VllmFleet(new ServerSettings(
                        List.of(server.endpoint()), "policy", Optional.empty(), List.of(0), Duration.ofMinutes(5)));
                DjlNetwork next = DjlNetwork.open(new NetworkSettings(
                        models.resolve("next").toString(),
                        Head.LANGUAGE_MODEL,
                        64,
                        1,
                        new Seed(5),
                        true,
                        false,
                        false,
                        Precision.FLOAT32,
                        Device.CPU,
                        null))) {
            ModelConfig config = ModelConfig.read(models.resolve("next"));
            Canary canary = Canary.of(next, config.vocabularySize(), config.contextLength(), TOLERANCE);

            Failures.assertFails(
                    () -> publish(fleet, new WeightSnapshot(models.resolve("next"), new WeightVersion(1), canary)),
                    ErrorKind.RESOURCE,
                    "does not compute with these weights");

            next.save(models.resolve("stated"));
            assertThat(publish(fleet, new WeightSnapshot(models.resolve("stated"), new WeightVersion(2), canary)))
                    .isLessThan(TOLERANCE);
        }
    }

    private static double publish(VllmFleet fleet, WeightSnapshot weights) {
        return fleet.publish(weights, Deadline.in(Duration.ofMinutes(5)));
    }
}
