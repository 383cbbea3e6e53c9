/** One optimiser step: experiences, objectives, Kullback-Leibler terms, and the learner port. */
@NullMarked
package dev.rlhf.core.update;

import org.jspecify.annotations.NullMarked;
