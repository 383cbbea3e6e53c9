/** A real vLLM on this machine, for tests of what only a real one shows. */
@NullMarked
package dev.rlhf.testing.vllm;

import org.jspecify.annotations.NullMarked;
