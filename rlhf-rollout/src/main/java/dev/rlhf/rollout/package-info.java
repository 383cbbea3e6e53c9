/** Generation servers over HTTP, in vLLM's protocol: samples out of them, weights into them. */
@NullMarked
package dev.rlhf.rollout;

import org.jspecify.annotations.NullMarked;
