package dev.rlhf.core.rollout;

/** Why a completion ended. */
public enum FinishReason {
    /** A stop token was drawn; it is the last token of the completion. */
    STOP,
    /** The token budget ran out: the completion is truncated. */
    LENGTH
}
