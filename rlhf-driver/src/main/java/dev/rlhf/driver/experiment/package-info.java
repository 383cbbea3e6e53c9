/** Runs experiments: their grid of runs in worker processes, whatever ends in between, and their results. */
@NullMarked
package dev.rlhf.driver.experiment;

import org.jspecify.annotations.NullMarked;
