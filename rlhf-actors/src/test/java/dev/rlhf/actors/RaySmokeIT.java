package dev.rlhf.actors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.actors.ray.RayRuntime;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What must hold on every supported version of Ray. */
class RaySmokeIT {
    private static final byte[] NOTHING = {};

    private RayRuntime runtime;

    @BeforeEach
    void connect() {
        runtime = RayTestCluster.connect();
    }

    @AfterEach
    void close() {
        runtime.close();
    }

    @Test
    void bytesGoThereAndBackAndFailuresKeepTheirKind() {
        ActorHandle actor = runtime.spawn(TestActor.ROLE, "echo", NOTHING);
        byte[] message = new byte[20_000_000];
        new Seed(1).random().nextBytes(message);
        assertThat(actor.ask(TestActor.ECHO, message, ActorRuntimeContract.PATIENCE))
                .isEqualTo(message);
        assertThatThrownBy(() -> actor.ask(
                        TestActor.FAIL, TestActor.bytes(ErrorKind.USER.name()), ActorRuntimeContract.PATIENCE))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.USER));
    }

    @Test
    void aProcessKilledFromOutsideIsALostActorAndAnotherOneAnswersTheNextCall() {
        ActorHandle actor = runtime.spawn(PlacedActor.ROLE, "killed", NOTHING);
        long process = process(actor);
        CompletableFuture<byte[]> inFlight = actor.call(PlacedActor.WAIT, NOTHING, ActorRuntimeContract.PATIENCE);
        assertThat(ProcessHandle.of(process).orElseThrow().destroyForcibly()).isTrue();
        assertThatThrownBy(() -> ActorHandle.await(inFlight))
                .isInstanceOf(RlhfException.class)
                .hasMessageContaining("killed")
                .satisfies(failure -> assertThat(ActorLost.caused(failure)).isTrue());
        assertThat(process(actor)).isNotEqualTo(process);
    }

    private static long process(ActorHandle actor) {
        byte[] answer = actor.ask(PlacedActor.PROCESS, NOTHING, ActorRuntimeContract.PATIENCE);
        return Long.parseLong(new String(answer, StandardCharsets.UTF_8));
    }
}
