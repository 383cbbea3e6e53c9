package dev.rlhf.core.update;

/** A loss by which a policy learns from preferences, without a reward model. */
public sealed interface PreferenceLoss extends Objective permits DirectPreference, IdentityPreference, KahnemanTversky {
    /** How strongly the policy is held to the reference. */
    double beta();

    /** Pairs that a batch must have at least. */
    default int leastPairs() {
        return 1;
    }
}
