package dev.rlhf.bench;

/**
 * One timed block of work.
 *
 * @param seconds wall time, above 0
 * @param values what each of its steps came to, by which both sides are held against each other
 */
record Block(double seconds, double[] values) {}
