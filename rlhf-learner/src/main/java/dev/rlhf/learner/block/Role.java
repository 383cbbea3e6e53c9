package dev.rlhf.learner.block;

/** What a weight is for; decides how it is first drawn and whether it decays. */
public enum Role {
    /** A matrix that inputs are multiplied with: drawn from N(0, 0.02²), decays. */
    MATRIX(true),

    /** The gain of a norm: starts at one. */
    NORM(false),

    /** What is added: starts at zero. */
    BIAS(false),

    /** The one-output head of value and reward models: decays, and is drawn when a model is opened that has none. */
    SCORE(true);

    private final boolean decays;

    Role(boolean decays) {
        this.decays = decays;
    }

    /** Whether weight decay pulls it to zero (Loshchilov &amp; Hutter, arXiv 1711.05101). */
    public boolean decays() {
        return decays;
    }
}
