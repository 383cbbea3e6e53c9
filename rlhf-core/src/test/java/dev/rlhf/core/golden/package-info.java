/** The algorithms against TRL and torch; vectors made by tools/golden/core_losses.py. */
@NullMarked
package dev.rlhf.core.golden;

import org.jspecify.annotations.NullMarked;
