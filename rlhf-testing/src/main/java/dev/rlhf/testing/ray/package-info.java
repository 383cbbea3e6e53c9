/** Real Ray clusters on this machine, for integration tests. */
@NullMarked
package dev.rlhf.testing.ray;

import org.jspecify.annotations.NullMarked;
