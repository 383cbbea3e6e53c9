package dev.rlhf.actors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Learner;
import dev.rlhf.core.update.Network;
import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.testing.LearnerContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A learner behind an actor is a learner. */
class LearnerClientTest extends LearnerContract {
    private static final OptimiserSettings OPTIMISER =
            new OptimiserSettings(1e-2, OptimiserSettings.Schedule.CONSTANT, 0, 1, 0.9, 0.95, 1e-8, 0, 1);
    private static final List<TokenSequence> ROWS = List.of(
            TokenSequence.of(new int[] {3, 4}, new int[] {5}), TokenSequence.of(new int[] {3}, new int[] {6, 7}));

    @TempDir
    static Path models;

    private static Path model;

    private final InProcessRuntime runtime = new InProcessRuntime();
    private final ActorHandle actor = runtime.spawn(LearnerActor.ROLE, "learner-0", new byte[0]);
    private final LearnerClient client = new LearnerClient(actor, Duration.ofMinutes(10));
    private int opened;

    @BeforeAll
    static void write() {
        model = SmallModel.in(models.resolve("model"), 1);
    }

    @AfterEach
    void close() {
        runtime.close();
    }

    @Override
    protected Learner open() {
        return client.open("policy-" + opened++, SmallModel.settings(model, Head.LANGUAGE_MODEL), OPTIMISER, 10);
    }

    @Test
    void networksOfOneActorKeepApart() {
        Learner policy = open();
        Network reference = client.open("reference", SmallModel.settings(model, Head.LANGUAGE_MODEL));
        Network critic = client.open("critic", SmallModel.settings(model, Head.VALUE));
        Network scores = client.open("reward", SmallModel.settings(model, Head.REWARD));
        assertThat(reference.logProbs(ROWS, 1)).isDeepEqualTo(policy.logProbs(ROWS, 1));
        float[][] values = critic.values(ROWS);
        assertThat(values[0]).hasSize(1);
        assertThat(values[1]).hasSize(2);
        assertThat(scores.values(ROWS)).hasDimensions(2, 1);
    }

    @Test
    void aLostActorSaysSoUntilItsNetworksAreOpenedAgain() {
        Learner policy = open();
        policy.saveState(models.resolve("state"));
        float[][] before = policy.logProbs(ROWS, 1);
        actor.kill();
        assertThatThrownBy(() -> policy.logProbs(ROWS, 1))
                .satisfies(failure -> assertThat(ActorLost.caused(failure)).isTrue())
                .hasMessageContaining("policy-0");
        assertThatThrownBy(() -> policy.saveState(models.resolve("never")))
                .satisfies(failure -> assertThat(ActorLost.caused(failure)).isTrue());
        assertThat(models.resolve("never")).doesNotExist();
        Learner restored = open();
        restored.loadState(models.resolve("state"));
        assertThat(restored.logProbs(ROWS, 1)).isDeepEqualTo(before);
    }

    @Test
    void aClosedNetworkIsGone() {
        Learner policy = open();
        client.close("policy-0");
        client.close("policy-0");
        assertThatThrownBy(() -> policy.logProbs(ROWS, 1)).hasMessageContaining("policy-0");
    }
}
