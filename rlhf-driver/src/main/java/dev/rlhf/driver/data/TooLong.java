package dev.rlhf.driver.data;

/** What becomes of rows that are longer than the model's context. */
public enum TooLong {
    /** The run does not start. */
    REFUSE,
    /** They are left out. */
    DROP,
    /** They are cut: a prompt at its start, a completion and the two texts of a pair at their end. */
    TRUNCATE
}
