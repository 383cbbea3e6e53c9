package dev.rlhf.core.update;

import java.util.Optional;

/**
 * The divergence from the reference policy as a term of a loss: ℓ_t = β·kl(π, π_ref).
 *
 * <p>Source: Shao et al. 2024 (arXiv 2402.03300), equation 4.
 *
 * @param estimator estimator of kl
 * @param beta β, at least 0
 * @param reduction how token losses become one number
 */
public record KlTerm(KlEstimator estimator, double beta, Reduction reduction) implements Objective {
    @Override
    public Needs needs() {
        return Needs.differentiating(Output.LOG_PROBS).with(Input.REFERENCE_LOG_PROBS);
    }

    @Override
    public boolean moves(Experience row) {
        return beta != 0;
    }

    @Override
    public Prepared prepare(TrainingBatch batch, Optional<TokenOutputs> firstPass) {
        return TokenTerm.over(batch, reduction, (place, outputs, sum) -> {
            double logProb = outputs.logProbs()[place.i()][place.t()];
            double reference = place.row().get(Input.REFERENCE_LOG_PROBS)[place.t()];
            double divergence = estimator.value(logProb, reference);
            sum.addLoss(place.weight() * beta * divergence);
            sum.addLogProb(place.i(), place.t(), place.weight() * beta * estimator.derivative(logProb, reference));
            sum.count("kl_loss", place.share() * divergence);
        });
    }
}
