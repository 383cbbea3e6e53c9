/** The embedded generation server: vLLM's HTTP protocol, small enough for a laptop, equal to the bit from run to run. */
@NullMarked
package dev.rlhf.serve;

import org.jspecify.annotations.NullMarked;
