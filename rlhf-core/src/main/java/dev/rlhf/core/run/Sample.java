package dev.rlhf.core.run;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One completion kept for people to read.
 *
 * @param pick why it was kept
 * @param prompt prompt text
 * @param response completion text
 * @param reward its total reward
 * @param expected the prompt's known answer, or null
 * @param components unweighted score of each reward by name, in their order
 */
public record Sample(
        Pick pick,
        String prompt,
        String response,
        double reward,
        @Nullable String expected,
        Map<String, Double> components) {
    /** Why a completion was kept. */
    public enum Pick {
        /** One of the first of a training step, whatever it earned. */
        FIRST,
        /** The one of a training step that earned most. */
        BEST,
        /** The one of a training step that earned least. */
        WORST,
        /** A greedy answer to a held-out prompt. */
        HELD_OUT
    }

    /** Keeps its own copy of {@code components}. */
    public Sample {
        components = Collections.unmodifiableMap(new LinkedHashMap<>(components));
    }
}
