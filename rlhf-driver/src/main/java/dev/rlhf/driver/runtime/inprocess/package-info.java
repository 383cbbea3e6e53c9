/** Actors in the process of the driver. */
@NullMarked
package dev.rlhf.driver.runtime.inprocess;

import org.jspecify.annotations.NullMarked;
