/** Rejection sampling, whole: its block, its stage, its words. */
@NullMarked
package dev.rlhf.driver.stage.rejection;

import org.jspecify.annotations.NullMarked;
