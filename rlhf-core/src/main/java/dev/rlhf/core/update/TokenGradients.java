package dev.rlhf.core.update;

import java.util.Map;

/**
 * The loss of some rows and its derivatives by what the network said of them.
 *
 * <p>The learner back-propagates {@code Σ logProbs·logp + Σ entropies·H + Σ values·V} with these numbers held constant,
 * which has the same gradient as the loss itself. An array of length 0 means that the loss does not depend on that output.
 *
 * @param loss these rows' share of the loss of the whole batch (shares add up to the batch's loss)
 * @param logProbs dL/dlogp, [B][T]
 * @param entropies dL/dH, [B][T]
 * @param values dL/dV, shaped like {@link TokenOutputs#values()}
 * @param statistics these rows' shares of the means over the whole batch by name; shares of all slices add up to the means
 * @param largest the largest of these rows by name; the batch's is the largest of all slices
 */
public record TokenGradients(
        double loss,
        float[][] logProbs,
        float[][] entropies,
        float[][] values,
        Map<String, Double> statistics,
        Map<String, Double> largest) {}
