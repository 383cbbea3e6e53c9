/** Scores of completions, by rule or by a trained reward model. */
@NullMarked
package dev.rlhf.core.reward;

import org.jspecify.annotations.NullMarked;
