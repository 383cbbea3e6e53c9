package dev.rlhf.core.update;

/** What sits on top of the decoder. */
public enum Head {
    /** Logits over the vocabulary at every position. */
    LANGUAGE_MODEL,
    /** One number per response token: the value of the state before it. */
    VALUE,
    /** One number per row, read at its last token. */
    REWARD
}
