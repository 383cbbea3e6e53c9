package dev.rlhf.core.update;

/** What all policy losses share: the weight of a token, a KL in the loss, an entropy bonus. */
final class PolicyLoss {
    private final TrainingBatch batch;
    private final KlEstimator klEstimator;
    private final double klBeta;
    private final double entropyBonus;
    private final double[] weights;
    private final double[] shares;

    PolicyLoss(TrainingBatch batch, Reduction reduction, KlEstimator klEstimator, double klBeta, double entropyBonus) {
        this.batch = batch;
        this.klEstimator = klEstimator;
        this.klBeta = klBeta;
        this.entropyBonus = entropyBonus;
        this.weights = reduction.weights(batch.rows());
        this.shares = Reduction.TOKEN_MEAN.weights(batch.rows());
    }

    /** A token's loss and its derivative by the token's log-prob. */
    record Term(double loss, double derivative) {}

    /** The part of the loss in which algorithms differ. */
    @FunctionalInterface
    interface Surrogate {
        /** The term of one token; {@code share} is what the token counts in a statistic. */
        Term of(Experience row, int token, double logProb, GradientSum sum, double share);
    }

    TokenGradients gradients(int firstRow, TokenOutputs outputs, Surrogate surrogate) {
        GradientSum sum = GradientSum.ofPolicy(outputs, entropyBonus != 0);
        for (int i = 0; i < outputs.logProbs().length; i++) {
            Experience row = batch.rows().get(firstRow + i);
            for (int t = 0; t < row.mask().length; t++) {
                if (row.mask()[t]) {
                    addToken(sum, outputs, i, t, surrogate, firstRow);
                }
            }
        }
        return sum.done();
    }

    private void addToken(GradientSum sum, TokenOutputs outputs, int i, int t, Surrogate surrogate, int firstRow) {
        Experience row = batch.rows().get(firstRow + i);
        double weight = weights[firstRow + i];
        double share = shares[firstRow + i];
        double logProb = outputs.logProbs()[i][t];
        double entropy = outputs.entropies()[i][t];
        Term term = surrogate.of(row, t, logProb, sum, share);
        double loss = term.loss();
        double derivative = term.derivative();
        if (klBeta != 0) {
            double reference = row.referenceLogProbs()[t];
            loss += klBeta * klEstimator.value(logProb, reference);
            derivative += klBeta * klEstimator.derivative(logProb, reference);
            sum.count("kl_loss", share * klEstimator.value(logProb, reference));
        }
        if (entropyBonus != 0) {
            loss -= entropyBonus * entropy;
            sum.setEntropy(i, t, -weight * entropyBonus);
        }
        sum.addLoss(weight * loss);
        sum.setLogProb(i, t, weight * derivative);
        sum.count("entropy", share * entropy);
    }
}
