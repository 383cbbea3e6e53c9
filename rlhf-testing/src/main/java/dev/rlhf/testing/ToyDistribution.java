package dev.rlhf.testing;

import java.util.random.RandomGenerator;

/**
 * A softmax over tokens.
 *
 * @param logProbs log-probability of each token, [V]
 */
record ToyDistribution(double[] logProbs) {
    static ToyDistribution of(double[] logits, double temperature) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double logit : logits) {
            largest = Math.max(largest, logit / temperature);
        }
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit / temperature - largest);
        }
        double[] logProbs = new double[logits.length];
        for (int token = 0; token < logits.length; token++) {
            logProbs[token] = logits[token] / temperature - largest - Math.log(sum);
        }
        return new ToyDistribution(logProbs);
    }

    double entropy() {
        double sum = 0;
        for (double logProb : logProbs) {
            sum -= Math.exp(logProb) * logProb;
        }
        return sum;
    }

    int draw(RandomGenerator random) {
        double left = random.nextDouble();
        for (int token = 0; token < logProbs.length - 1; token++) {
            left -= Math.exp(logProbs[token]);
            if (left < 0) {
                return token;
            }
        }
        return logProbs.length - 1;
    }

    int likeliest() {
        int best = 0;
        for (int token = 1; token < logProbs.length; token++) {
            best = logProbs[token] > logProbs[best] ? token : best;
        }
        return best;
    }
}
