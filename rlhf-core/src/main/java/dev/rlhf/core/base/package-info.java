/** What every stage shares: errors with a kind, seeds, token sequences, weight versions. */
@NullMarked
package dev.rlhf.core.base;

import org.jspecify.annotations.NullMarked;
