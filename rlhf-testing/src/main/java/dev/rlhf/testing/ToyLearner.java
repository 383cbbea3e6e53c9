package dev.rlhf.testing;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Learner;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.TokenGradients;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.core.update.UpdateReport;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A tabular network that learns by plain gradient descent: a policy (softmax over the next token) or a critic (one value).
 *
 * <p>It honours all that {@link Learner} promises, so that whole training loops run in milliseconds without native code.
 */
public final class ToyLearner implements Learner {
    private static final float[][] NONE = {};

    private final ToyTable table;
    private final boolean policy;
    private final double learningRate;
    private long steps;

    private ToyLearner(ToyTable table, boolean policy, double learningRate) {
        this.table = table;
        this.policy = policy;
        this.learningRate = learningRate;
    }

    /** A policy over {@code vocabulary} tokens that finds all of them equally likely. */
    public static ToyLearner policy(int vocabulary, double learningRate) {
        return new ToyLearner(ToyTable.zeros(vocabulary, vocabulary), true, learningRate);
    }

    /** A critic that expects nothing. */
    public static ToyLearner critic(int vocabulary, double learningRate) {
        return new ToyLearner(ToyTable.zeros(vocabulary, 1), false, learningRate);
    }

    @Override
    public TokenOutputs evaluate(List<TokenSequence> rows, double temperature, Set<Output> wanted) {
        float[][] first = new float[rows.size()][];
        float[][] second = new float[rows.size()][];
        for (int i = 0; i < rows.size(); i++) {
            TokenSequence row = rows.get(i);
            first[i] = new float[row.responseLength()];
            second[i] = new float[row.responseLength()];
            for (int t = 0; t < first[i].length; t++) {
                double[] numbers = table.rows()[table.state(row, t)];
                if (policy) {
                    ToyDistribution distribution = ToyDistribution.of(numbers, temperature);
                    first[i][t] = (float) distribution.logProbs()[drawn(row, t)];
                    second[i][t] = (float) distribution.entropy();
                } else {
                    first[i][t] = (float) numbers[0];
                }
            }
        }
        return new TokenOutputs(
                policy && wanted.contains(Output.LOG_PROBS) ? first : NONE,
                policy && wanted.contains(Output.ENTROPIES) ? second : NONE,
                !policy && wanted.contains(Output.VALUES) ? first : NONE);
    }

    @Override
    public UpdateReport update(TrainingBatch batch, Objective objective) {
        TokenOutputs outputs = evaluate(
                batch.sequences(), batch.temperature(), objective.needs().outputs());
        Objective.Prepared prepared = objective.prepare(batch, Optional.of(outputs));
        TokenGradients gradients = objective.at(prepared, 0, outputs);
        ToyTable sum = table.zerosLikeThis();
        for (int i = 0; i < batch.rows().size(); i++) {
            TokenSequence row = batch.rows().get(i).sequence();
            for (int t = 0; t < row.responseLength(); t++) {
                if (policy) {
                    addPolicy(
                            sum,
                            row,
                            t,
                            batch.temperature(),
                            at(gradients.logProbs(), i, t),
                            at(gradients.entropies(), i, t));
                } else {
                    sum.rows()[table.state(row, t)][0] += at(gradients.values(), i, t);
                }
            }
        }
        double norm = sum.norm();
        if (!Double.isFinite(norm) || !Double.isFinite(gradients.loss())) {
            throw RlhfException.diverged("optimiser step " + (steps + 1) + " has loss " + gradients.loss()
                    + " and gradient norm " + norm + "; the weights are unchanged");
        }
        table.descend(sum, learningRate);
        steps++;
        int tokens = batch.rows().stream()
                .map(Experience::sequence)
                .mapToInt(TokenSequence::length)
                .sum();
        Map<String, Double> statistics = new HashMap<>(gradients.statistics());
        statistics.putAll(gradients.largest());
        return new UpdateReport(gradients.loss(), norm, learningRate, tokens, statistics);
    }

    /** Steps taken. */
    public long steps() {
        return steps;
    }

    @Override
    public void save(Path modelDirectory) {
        table.write(modelDirectory, steps);
    }

    @Override
    public void saveState(Path stateDirectory) {
        table.write(stateDirectory, steps);
    }

    @Override
    public void loadState(Path stateDirectory) {
        steps = table.read(stateDirectory);
    }

    /** ∂logp(y)/∂z_k = (1[k = y] − p_k)/τ and ∂H/∂z_k = −p_k·(log p_k + H)/τ. */
    private void addPolicy(
            ToyTable sum, TokenSequence row, int t, double temperature, double byLogProb, double byEntropy) {
        int state = table.state(row, t);
        ToyDistribution distribution = ToyDistribution.of(table.rows()[state], temperature);
        double entropy = distribution.entropy();
        int drawn = drawn(row, t);
        for (int token = 0; token < table.vocabulary(); token++) {
            double logProb = distribution.logProbs()[token];
            double probability = Math.exp(logProb);
            double one = token == drawn ? 1 : 0;
            sum.rows()[state][token] +=
                    (byLogProb * (one - probability) - byEntropy * probability * (logProb + entropy)) / temperature;
        }
    }

    private int drawn(TokenSequence row, int t) {
        int token = row.tokens()[row.promptLength() + t];
        if (token < 0 || token >= table.vocabulary()) {
            throw RlhfException.user("token " + token + " is not in the vocabulary of " + table.vocabulary());
        }
        return token;
    }

    private static double at(float[][] gradients, int row, int token) {
        return gradients.length == 0 ? 0 : gradients[row][token];
    }
}
