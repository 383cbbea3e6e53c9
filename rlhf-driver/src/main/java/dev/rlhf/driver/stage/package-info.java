/** The stages of a run: a block of the recipe becomes a loop, its learners, and what is measured when it ends. */
@NullMarked
package dev.rlhf.driver.stage;

import org.jspecify.annotations.NullMarked;
