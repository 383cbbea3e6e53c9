/** Prompts and the order in which a run draws them. */
@NullMarked
package dev.rlhf.core.prompt;

import org.jspecify.annotations.NullMarked;
