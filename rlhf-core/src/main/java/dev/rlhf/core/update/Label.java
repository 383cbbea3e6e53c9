package dev.rlhf.core.update;

/** What is said of a whole row, where an objective tells rows apart. */
public enum Label {
    /** Nothing. */
    NONE,
    /** Its response is wanted. */
    DESIRABLE,
    /** Its response is not wanted. */
    UNDESIRABLE,
    /** Its response answers another prompt; it is compared with, never learnt from. */
    MISMATCHED
}
