package dev.rlhf.testing;

import org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration;

/** Recursive comparison without the tolerance that AssertJ grants numbers: {@code usingRecursiveComparison(exact())}. */
public final class BitEquality {
    private BitEquality() {}

    /** Numbers are equal when their bits are; a new configuration each time, since a comparison may make its own stricter. */
    public static RecursiveComparisonConfiguration exact() {
        return RecursiveComparisonConfiguration.builder()
                .withComparatorForType(Float::compare, Float.class)
                .withComparatorForType(Double::compare, Double.class)
                .build();
    }
}
