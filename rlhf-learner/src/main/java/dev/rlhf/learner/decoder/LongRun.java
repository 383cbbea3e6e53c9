package dev.rlhf.learner.decoder;

import java.util.Arrays;

/** Numbers that become more. */
final class LongRun {
    private long[] numbers = new long[64];
    private int size;

    void add(long number) {
        if (size == numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * size);
        }
        numbers[size++] = number;
    }

    long get(int index) {
        return numbers[index];
    }

    void set(int index, long number) {
        numbers[index] = number;
    }

    int size() {
        return size;
    }

    long[] toArray() {
        return Arrays.copyOf(numbers, size);
    }
}
