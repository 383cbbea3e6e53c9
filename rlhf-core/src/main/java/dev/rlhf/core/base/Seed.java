package dev.rlhf.core.base;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * A random seed from which independent seeds are derived by name and coordinates.
 *
 * <p>Randomness never depends on timing: every draw is a function of (run seed, purpose, coordinates), for example
 * {@code new Seed(1).derive("rollout", step, promptIndex)}.
 *
 * @param value any 64 bits
 */
public record Seed(long value) {

    /** The seed of one purpose at one place, e.g. step 7, prompt 3. */
    public Seed derive(String purpose, long... coordinates) {
        long mixed = value;
        for (int i = 0; i < purpose.length(); i++) {
            mixed = mix(mixed ^ purpose.charAt(i));
        }
        for (long coordinate : coordinates) {
            mixed = mix(mixed + 0x9E3779B97F4A7C15L ^ coordinate);
        }
        return new Seed(mixed);
    }

    /** A fresh generator started at this seed; two calls give generators with equal streams. */
    public RandomGenerator random() {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(value);
    }

    /** This seed as a number that every generation server accepts, in [0, 2^31). */
    public long nonNegative() {
        return mix(value) >>> 33;
    }

    /** The finaliser of SplitMix64: every input bit changes about half of the output bits. */
    private static long mix(long bits) {
        long z = bits + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
