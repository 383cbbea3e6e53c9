/** Runs as jobs of a Ray cluster: what is sent there, how a job is followed, and what its end means. */
@NullMarked
package dev.rlhf.driver.submit;

import org.jspecify.annotations.NullMarked;
