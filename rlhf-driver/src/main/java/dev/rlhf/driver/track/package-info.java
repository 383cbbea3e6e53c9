/** What a run's numbers are told to beside its own directory: programs that compare runs. */
@NullMarked
package dev.rlhf.driver.track;

import org.jspecify.annotations.NullMarked;
