/** On-policy samples: what is asked of a generation server and what comes back. */
@NullMarked
package dev.rlhf.core.rollout;

import org.jspecify.annotations.NullMarked;
