package dev.rlhf.driver.data;

/** Which part of a data set is used; the parts depend on the data and its held-out count alone. */
public enum Split {
    /** What is trained on. */
    TRAIN,
    /** What is kept for evaluation. */
    HELD_OUT
}
