/** Decoders that run: blocks put together to learn and to write, heads, and the keys and values of running sequences. */
@NullMarked
package dev.rlhf.learner.decoder;

import org.jspecify.annotations.NullMarked;
