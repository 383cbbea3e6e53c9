/** What an experiment asks and how: its question, its grid of runs, its measurements and comparisons. */
@NullMarked
package dev.rlhf.experiment.design;

import org.jspecify.annotations.NullMarked;
