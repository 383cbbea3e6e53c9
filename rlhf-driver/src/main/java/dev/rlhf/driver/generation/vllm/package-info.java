/** vLLM servers. */
@NullMarked
package dev.rlhf.driver.generation.vllm;

import org.jspecify.annotations.NullMarked;
