/** Actors on a Ray cluster. */
@NullMarked
package dev.rlhf.driver.runtime.ray;

import org.jspecify.annotations.NullMarked;
