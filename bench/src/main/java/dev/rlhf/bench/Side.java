package dev.rlhf.bench;

/** One side of a comparison; it does nothing between its blocks. */
interface Side {
    /** Does a block of {@code steps} steps and says how long it took. */
    Block run(int steps);
}
