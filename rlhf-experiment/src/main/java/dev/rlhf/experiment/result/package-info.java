/** What the runs of an experiment measured, and what follows from it. */
@NullMarked
package dev.rlhf.experiment.result;

import org.jspecify.annotations.NullMarked;
