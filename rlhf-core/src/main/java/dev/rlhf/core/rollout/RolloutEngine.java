package dev.rlhf.core.rollout;

import dev.rlhf.core.base.Seed;
import dev.rlhf.core.prompt.Prompt;
import java.util.List;

/** Draws completions from the current policy. */
public interface RolloutEngine {
    /**
     * Completes every prompt; the result depends on the arguments and the weights alone, not on timing or placement.
     *
     * @param prompts [G]
     * @param sampling how to draw
     * @param seed prompt g draws from {@code seed.derive("prompt", g)}
     * @return one group a prompt, [G], in the order of the prompts
     * @throws dev.rlhf.core.base.RlhfException USER for a prompt the server refuses, TRANSIENT or RESOURCE when the
     *     server cannot be reached
     */
    List<RolloutGroup> generate(List<Prompt> prompts, SamplingParams sampling, Seed seed);
}
