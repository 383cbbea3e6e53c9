package dev.rlhf.actors;

import static dev.rlhf.testing.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every runtime promises; {@link TestActor} must be loadable wherever it runs actors. */
@Timeout(120)
abstract class ActorRuntimeContract {
    /** Longer than a runtime needs to start an actor and to answer a call. */
    static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final Duration SHORT = Duration.ofMillis(300);

    /** A runtime that is open; the same one for all tests, or one each. */
    protected abstract ActorRuntime runtime();

    /** Another runtime, for the tests that close it. */
    protected abstract ActorRuntime another();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_000_000})
    void bytesComeBackAsTheyWere(int length) {
        byte[] message = new byte[length];
        new Seed(length).random().nextBytes(message);
        assertThat(spawn("").ask(TestActor.ECHO, message, PATIENCE)).isEqualTo(message);
    }

    @Test
    void settingsReachTheActorAndItsName() {
        ActorHandle actor = runtime().spawn(TestActor.ROLE, "settled-" + UUID.randomUUID(), bytes("a=1"));
        assertThat(ask(actor, TestActor.SETTINGS, "")).isEqualTo("a=1");
        assertThat(actor.name()).startsWith("settled-");
    }

    @Test
    void callsAreAnsweredInTheirOrderAndStateIsKept() {
        ActorHandle actor = spawn("");
        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            answers.add(actor.call(TestActor.APPEND, bytes(i + ","), PATIENCE));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(text(ActorHandle.await(answers.get(i))))
                    .isEqualTo(expected.append(i).append(',').toString());
        }
    }

    @Test
    void anActorTellsWhatItCountsAndItsLossesAreCounted() {
        ActorHandle actor = spawn("");
        assertThat(actor.vitals()).isEqualTo(ActorVitals.NONE);
        ask(actor, TestActor.ECHO, "a");
        ask(actor, TestActor.ECHO, "b");
        assertThat(actor.vitals().numbers()).containsExactly(new ActorNumber("calls", "all", 2));
        assertThat(actor.restarts()).isZero();
        actor.kill();
        assertThat(actor.restarts()).isEqualTo(1);
    }

    @Test
    void actorsDoNotWaitForEachOther() {
        ActorHandle slow = spawn("");
        ActorHandle quick = spawn("");
        ask(slow, TestActor.ECHO, "");
        ask(quick, TestActor.ECHO, "");
        CompletableFuture<byte[]> late = slow.call(TestActor.LINGER, bytes("3000"), PATIENCE);
        assertThat(ask(quick, TestActor.ECHO, "hi")).isEqualTo("hi");
        assertThat(late).isNotDone();
        assertThat(text(ActorHandle.await(late))).isEqualTo("waited");
    }

    @ParameterizedTest
    @EnumSource(ErrorKind.class)
    void aFailureKeepsItsKindAndItsWordsAndTheActorItsState(ErrorKind kind) {
        ActorHandle actor = spawn("");
        ask(actor, TestActor.APPEND, "kept");
        assertFails(() -> ask(actor, TestActor.FAIL, kind.name()), kind, "it failed as " + kind);
        assertThat(ask(actor, TestActor.APPEND, "!")).isEqualTo("kept!");
    }

    @Test
    void whatIsNoFailureOfOursIsABugOfTheActor() {
        ActorHandle actor = spawn("");
        assertFails(() -> ask(actor, TestActor.BREAK, "glass"), ErrorKind.BUG, actor.name(), "it broke: glass");
    }

    @Test
    void anActorCanSayThatItLostItsState() {
        ActorHandle actor = spawn("");
        assertThatThrownBy(() -> ask(actor, TestActor.LOSE, "everything"))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.RESOURCE))
                .hasMessageContaining("it forgot everything")
                .satisfies(failure -> assertThat(ActorLost.caused(failure)).isTrue());
    }

    @Test
    void aConstructorThatFailsIsHeardOfAtTheFirstCall() {
        ActorHandle actor = spawn("refuse this");
        assertFails(() -> ask(actor, TestActor.ECHO, ""), ErrorKind.USER, "settings refuse this are refused");
    }

    @Test
    void aLateAnswerIsAResourceAndTheActorLivesOn() {
        ActorHandle actor = spawn("");
        ask(actor, TestActor.APPEND, "kept");
        assertFails(
                () -> actor.ask(TestActor.LINGER, bytes("1500"), SHORT),
                ErrorKind.RESOURCE,
                actor.name(),
                TestActor.LINGER);
        assertThat(ask(actor, TestActor.APPEND, "!")).isEqualTo("kept!");
    }

    @Test
    void aKilledActorLosesItsCallsAndItsStateAndIsStartedAgain() {
        ActorHandle actor = spawn("a=1");
        ActorHandle other = spawn("");
        ask(actor, TestActor.APPEND, "lost");
        ask(other, TestActor.APPEND, "kept");
        CompletableFuture<byte[]> inFlight = actor.call(TestActor.LINGER, bytes("20000"), PATIENCE);
        CompletableFuture<byte[]> waiting = actor.call(TestActor.ECHO, bytes("never"), PATIENCE);
        actor.kill();
        for (CompletableFuture<byte[]> lost : List.of(inFlight, waiting)) {
            assertThatThrownBy(() -> ActorHandle.await(lost))
                    .isInstanceOfSatisfying(
                            RlhfException.class,
                            failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.RESOURCE))
                    .hasMessageContaining(actor.name())
                    .satisfies(failure -> assertThat(ActorLost.caused(failure)).isTrue());
        }
        assertThat(text(new RepeatedCalls(PATIENCE)
                        .call(actor, TestActor.APPEND, bytes("new"))
                        .join()))
                .isEqualTo("new");
        assertThat(ask(actor, TestActor.SETTINGS, "")).isEqualTo("a=1");
        assertThat(ask(other, TestActor.APPEND, "!")).isEqualTo("kept!");
    }

    @Test
    void aNameIsTakenOnce() {
        ActorHandle actor = spawn("");
        ask(actor, TestActor.ECHO, "");
        assertFails(() -> runtime().spawn(TestActor.ROLE, actor.name(), bytes("")), ErrorKind.BUG, actor.name());
    }

    @Test
    void aClosedRuntimeLeavesNoCallWaiting() {
        ActorRuntime closing = another();
        ActorHandle actor = closing.spawn(TestActor.ROLE, "closing-" + UUID.randomUUID(), bytes(""));
        ask(actor, TestActor.ECHO, "");
        CompletableFuture<byte[]> inFlight = actor.call(TestActor.LINGER, bytes("1500"), PATIENCE);
        closing.close();
        assertThatThrownBy(() -> ActorHandle.await(inFlight)).isInstanceOf(RlhfException.class);
        assertThatThrownBy(() -> ask(actor, TestActor.ECHO, "")).isInstanceOf(RlhfException.class);
    }

    private ActorHandle spawn(String settings) {
        return runtime().spawn(TestActor.ROLE, "test-" + UUID.randomUUID(), bytes(settings));
    }

    private static String ask(ActorHandle actor, String method, String message) {
        return text(actor.ask(method, bytes(message), PATIENCE));
    }

    private static byte[] bytes(String text) {
        return TestActor.bytes(text);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
