/** Checkpoints: written aside, synced, hashed, renamed; read back only when every byte is as it was written. */
@NullMarked
package dev.rlhf.driver.checkpoint;

import org.jspecify.annotations.NullMarked;
