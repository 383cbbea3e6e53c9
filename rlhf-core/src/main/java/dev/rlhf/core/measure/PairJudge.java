package dev.rlhf.core.measure;

import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.Completion;

/** Compares two answers to a prompt; it may have a weakness for a place, which {@link WinRate} cancels. */
@FunctionalInterface
public interface PairJudge {
    /** The better one of two answers in the order in which they are shown. */
    Preference compare(Prompt prompt, Completion first, Completion second);

    /** What a judge says. */
    enum Preference {
        /** The answer shown first is better. */
        FIRST,
        /** The answer shown second is better. */
        SECOND,
        /** Neither is. */
        TIE
    }
}
