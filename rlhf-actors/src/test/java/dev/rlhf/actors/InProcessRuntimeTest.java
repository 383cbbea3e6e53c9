package dev.rlhf.actors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InProcessRuntimeTest extends ActorRuntimeContract {
    private static final int KILLS = 3000;
    private static final int CALLS = 8;

    private final InProcessRuntime runtime = new InProcessRuntime();

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
        return new InProcessRuntime();
    }

    @Test
    void noCallIsAnsweredThatWaitedBehindALostOne() {
        int hit = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            ActorHandle actor = runtime.spawn(TestActor.ROLE, "killed-" + kill, TestActor.bytes(""));
            List<CompletableFuture<byte[]>> calls = IntStream.range(0, CALLS)
                    .mapToObj(call -> actor.call(TestActor.ECHO, TestActor.bytes("hi"), PATIENCE))
                    .toList();
            actor.kill();
            List<Boolean> lost = calls.stream()
                    .map(call -> call.handle((answer, failure) -> ActorLost.caused(failure))
                            .join())
                    .toList();
            assertThat(lost).as("whether each call was lost, in their order").isSorted();
            hit += lost.contains(true) ? 1 : 0;
        }
        assertThat(hit).as("kills that met unanswered calls").isPositive();
    }
}
