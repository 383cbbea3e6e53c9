package dev.rlhf.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What tests expect of a failure: its kind, which decides what happens next, and words that help. */
public final class Failures {
    private Failures() {}

    /** Asserts that {@code action} throws an {@link RlhfException} of that kind whose message contains all the words. */
    public static void assertFails(ThrowingCallable action, ErrorKind kind, String... words) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind())
                                .as(failure.getMessage())
                                .isEqualTo(kind))
                .satisfies(failure -> assertThat(failure.getMessage()).contains(words));
    }
}
