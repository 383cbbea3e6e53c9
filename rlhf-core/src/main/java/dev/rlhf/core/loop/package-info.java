/** The training loops: what one step of a stage does, on ports of the core alone. */
@NullMarked
package dev.rlhf.core.loop;

import org.jspecify.annotations.NullMarked;
