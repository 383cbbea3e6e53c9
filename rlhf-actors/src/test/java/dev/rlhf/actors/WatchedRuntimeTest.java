package dev.rlhf.actors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A watched runtime keeps every promise of the one it watches. */
class WatchedRuntimeTest extends ActorRuntimeContract {
    private static final int MILLIS = 1000;

    private final WatchedRuntime runtime = new WatchedRuntime(new InProcessRuntime());

    @AfterEach
    void close() {
        runtime.close();
    }

    @Override
    protected ActorRuntime runtime() {
        return runtime;
    }

    @Override
    protected ActorRuntime another() {
        return new WatchedRuntime(new InProcessRuntime());
    }

    @Test
    void whatAnActorOwesIsKnownWhileItWorks() {
        ActorHandle busy = runtime.spawn(TestActor.ROLE, "busy", TestActor.bytes(""));
        runtime.spawn(TestActor.ROLE, "idle", TestActor.bytes(""));
        CompletableFuture<byte[]> first = busy.call(TestActor.LINGER, TestActor.bytes("" + MILLIS), PATIENCE);
        CompletableFuture<byte[]> second = busy.call(TestActor.LINGER, TestActor.bytes("" + MILLIS), PATIENCE);
        assertThat(runtime.states()).extracting(ActorState::name).containsExactly("busy", "idle");
        assertThat(runtime.states().get(0).waiting()).isEqualTo(2);
        assertThat(runtime.states().get(1)).isEqualTo(new ActorState("idle", 0, 0, 0, 0, ActorVitals.NONE));
        first.join();
        assertThat(runtime.states().get(0).waiting()).isEqualTo(1);
        assertThat(runtime.states().get(0).oldestSeconds())
                .as("since the second call was made, which waited behind the first")
                .isGreaterThan(0.9);
        second.join();
        ActorState done = runtime.states().get(0);
        assertThat(done.waiting()).isZero();
        assertThat(done.oldestSeconds()).isZero();
        assertThat(done.busySeconds()).as("two calls, one after the other").isGreaterThan(1.9);
        assertThat(done.vitals().numbers()).containsExactly(new ActorNumber("calls", "all", 2));
    }

    @Test
    void aCallThatFailsIsOwedNoMore() {
        ActorHandle actor = runtime.spawn(TestActor.ROLE, "failing", TestActor.bytes(""));
        assertThat(actor.call(TestActor.FAIL, TestActor.bytes("USER"), PATIENCE)
                        .handle((answer, failure) -> failure != null)
                        .join())
                .isTrue();
        assertThat(runtime.states().get(0).waiting()).isZero();
        actor.kill();
        assertThat(runtime.states().get(0).restarts()).isEqualTo(1);
    }

    @Test
    void aProcessKnowsItsMemoryAndItsTime() {
        ActorVitals vitals = ActorVitals.ofThisProcess("", new byte[0]);
        assertThat(vitals.residentBytes()).isGreaterThan(10L << 20);
        assertThat(vitals.cpuSeconds()).isPositive();
        assertThat(ActorVitals.read(vitals.bytes())).isEqualTo(vitals);
    }
}
