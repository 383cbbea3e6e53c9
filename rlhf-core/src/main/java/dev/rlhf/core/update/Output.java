package dev.rlhf.core.update;

/** Something a network says of each response token, and by which a loss can be differentiated. */
public enum Output {
    /** Log-prob of the token. */
    LOG_PROBS,
    /** Entropy of the distribution the token was drawn from. */
    ENTROPIES,
    /** Value of the state before the token; of a reward model, the score of the row. */
    VALUES
}
