/** Intervals and tests over seeds, and the rule by which a conclusion is drawn. */
@NullMarked
package dev.rlhf.experiment.statistics;

import org.jspecify.annotations.NullMarked;
