package dev.rlhf.core.update;

/** In which numbers a network's weights are kept and computed with. What is added up over many terms is float32 in either. */
public enum Precision {
    /** IEEE single, four bytes. */
    FLOAT32,
    /** The upper half of a float32, two bytes; a learner keeps a float32 master of each weight beside it. */
    BFLOAT16
}
