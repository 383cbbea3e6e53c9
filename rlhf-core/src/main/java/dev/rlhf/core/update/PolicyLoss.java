package dev.rlhf.core.update;

/** What makes rewarded tokens likelier; policy-gradient algorithms differ in it. */
public sealed interface PolicyLoss extends Objective permits ClippedSurrogate, PolicyGradient {
    /** Weight of the entropy that is summed with this loss, 0 for none. */
    double entropyBonus();

    /** How token losses become one number. */
    Reduction reduction();

    /** Whether a trained token was better or worse than expected; the others are neither made likelier nor less likely. */
    @Override
    default boolean moves(Experience row) {
        float[] advantages = row.get(Input.ADVANTAGES);
        for (int t = 0; t < advantages.length; t++) {
            if (row.mask()[t] && advantages[t] != 0) {
                return true;
            }
        }
        return false;
    }

    /** This loss with its entropy term. */
    default Objective withEntropy() {
        return Objective.sum(this, new EntropyTerm(entropyBonus(), reduction()));
    }

    /** This loss with its entropy term and a charge of {@code beta} times the divergence from the reference. */
    default Objective withEntropyAndKl(KlEstimator estimator, double beta) {
        return Objective.sum(
                this, new KlTerm(estimator, beta, reduction()), new EntropyTerm(entropyBonus(), reduction()));
    }
}
