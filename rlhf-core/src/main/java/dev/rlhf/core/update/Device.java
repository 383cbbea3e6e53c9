package dev.rlhf.core.update;

/** Where a network's weights lie and are computed with. */
public enum Device {
    /** The processor, in the machine's memory. */
    CPU,
    /** The first GPU of NVIDIA that the process sees, in its own memory. */
    CUDA
}
