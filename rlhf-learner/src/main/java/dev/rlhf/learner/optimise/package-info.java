/** Taking a step: micro-batches, summed gradients, AdamW. */
@NullMarked
package dev.rlhf.learner.optimise;

import org.jspecify.annotations.NullMarked;
