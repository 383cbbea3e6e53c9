package dev.rlhf.driver.stage;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Network;
import dev.rlhf.driver.data.PreferencePair;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a model scores pairs. */
final class PairScores {
    private PairScores() {}

    /** The score of each row of {@code network}, a reward model: chosen at 2i, rejected at 2i+1. */
    static double[] ofRewardModel(Network network, List<TokenSequence> rows) {
        float[][] values = network.evaluate(rows, 1.0).values();
        double[] scores = new double[values.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = values[i][0];
        }
        return scores;
    }

    /** log π(y) − log π_ref(y) of each row, DPO's implicit reward up to β. */
    static double[] ofPolicy(Network policy, Network reference, List<TokenSequence> rows) {
        float[][] own = policy.evaluate(rows, 1.0).logProbs();
        float[][] others = reference.evaluate(rows, 1.0).logProbs();
        double[] scores = new double[own.length];
        for (int i = 0; i < scores.length; i++) {
            for (int t = 0; t < own[i].length; t++) {
                scores[i] += (double) own[i][t] - others[i][t];
            }
        }
        return scores;
    }

    /** Rows of pairs, chosen at 2i, rejected at 2i+1. */
    static List<TokenSequence> rows(List<PreferencePair> pairs) {
        List<TokenSequence> rows = new ArrayList<>(2 * pairs.size());
        for (PreferencePair pair : pairs) {
            rows.add(pair.chosen());
            rows.add(pair.rejected());
        }
        return rows;
    }

    /** Share of pairs whose chosen row scores higher; null when there is no pair. */
    static @Nullable Double accuracy(double[] scores) {
        int right = 0;
        for (int i = 0; i < scores.length; i += 2) {
            right += scores[i] > scores[i + 1] ? 1 : 0;
        }
        return scores.length == 0 ? null : 2.0 * right / scores.length;
    }
}
