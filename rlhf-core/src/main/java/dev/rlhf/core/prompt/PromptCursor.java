package dev.rlhf.core.prompt;

/**
 * How far a run has drawn from its prompts.
 *
 * @param epoch number of complete passes, from 0
 * @param position prompts already drawn in this pass
 */
public record PromptCursor(long epoch, int position) {
    /** Before the first prompt. */
    public static final PromptCursor START = new PromptCursor(0, 0);
}
