package dev.rlhf.actors.ray;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.actors.ActorLost;
import dev.rlhf.actors.ActorNumber;
import dev.rlhf.actors.ActorVitals;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EnvelopeTest {
    private static final ActorVitals VITALS = new ActorVitals(
            3 << 20, 1.5, "process 7 on node a", List.of(new ActorNumber("engine_retries", "http://10.0.0.7:8000", 2)));

    @Test
    void anAnswerComesOutAsItWentIn() {
        byte[] nothing = {};
        byte[] answer = {1, 0, -1};
        assertThat(Envelope.answer(nothing, VITALS))
                .as("what Ray carries is never empty")
                .isNotEmpty();
        assertThat(Envelope.open(Envelope.answer(nothing, VITALS))).isEmpty();
        assertThat(Envelope.open(Envelope.answer(answer, VITALS))).containsExactly(1, 0, -1);
    }

    @Test
    void anAnswerTellsHowTheActorIsAndAFailureDoesNot() {
        assertThat(Envelope.vitals(Envelope.answer(new byte[] {7}, VITALS))).contains(VITALS);
        byte[] failure = Envelope.failure("learner-0", new IllegalStateException("glass"));
        assertThat(Envelope.vitals(failure)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(ErrorKind.class)
    void aFailureKeepsItsKindItsWordsAndItsTrace(ErrorKind kind) {
        String words = "no é at 'stages[0]' ".repeat(10_000);
        byte[] envelope = Envelope.failure("learner-0", new RlhfException(kind, words, null));
        assertThatThrownBy(() -> Envelope.open(envelope))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(kind))
                .hasMessage(words)
                .satisfies(failure -> assertThat(ActorLost.caused(failure)).isFalse())
                .cause()
                .hasMessageContaining("EnvelopeTest");
    }

    @Test
    void aLossStaysALoss() {
        byte[] envelope = Envelope.failure("learner-0", ActorLost.failure("learner", "it forgot", null));
        assertThatThrownBy(() -> Envelope.open(envelope))
                .hasMessage("actor learner was lost: it forgot")
                .satisfies(failure -> assertThat(ActorLost.caused(failure)).isTrue());
    }

    @Test
    void whatIsNoFailureOfOursIsABugOfTheActor() {
        byte[] envelope = Envelope.failure("learner-0", new IllegalStateException("glass"));
        assertThatThrownBy(() -> Envelope.open(envelope))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.BUG))
                .hasMessageContainingAll("actor learner-0 failed", "glass");
    }
}
