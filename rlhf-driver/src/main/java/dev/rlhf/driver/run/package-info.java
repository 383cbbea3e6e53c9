/** A run from its recipe to its last model: start, train, checkpoint, resume. */
@NullMarked
package dev.rlhf.driver.run;

import org.jspecify.annotations.NullMarked;
