package dev.rlhf.testing;

import org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration;

/** Recursive comparison without the tolerance that AssertJ grants numbers: {@code usingRecursiveComparison(EXACT)}. */
public final class BitEquality {
    /** Numbers are equal when their bits are. */
    public static final RecursiveComparisonConfiguration EXACT = RecursiveComparisonConfiguration.builder()
            .withComparatorForType(Float::compare, Float.class)
            .withComparatorForType(Double::compare, Double.class)
            .build();

    private BitEquality() {}
}
