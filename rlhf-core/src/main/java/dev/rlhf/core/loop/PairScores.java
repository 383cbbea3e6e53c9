package dev.rlhf.core.loop;

import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Input;
import dev.rlhf.core.update.Label;
import dev.rlhf.core.update.TokenOutputs;
import java.util.List;

/** How a model scores pairs: rows with chosen at 2i, rejected at 2i+1. */
public final class PairScores {
    /** What a tie is worth: a coin's guess. */
    private static final double TIE = 0.5;

    private PairScores() {}

    /** The score a reward model gave each row. */
    public static double[] ofRewardModel(TokenOutputs outputs) {
        double[] scores = new double[outputs.values().length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = outputs.values()[i][0];
        }
        return scores;
    }

    /** By how much the chosen row of each pair scores higher, [N]. */
    public static double[] margins(double[] scores) {
        double[] margins = new double[scores.length / 2];
        for (int i = 0; i < margins.length; i++) {
            margins[i] = scores[2 * i] - scores[2 * i + 1];
        }
        return margins;
    }

    /** log π(y) − log π_ref(y) of each row of a pair, DPO's implicit reward up to β; the rows know log π_ref. */
    public static double[] ofPolicy(TokenOutputs outputs, List<Experience> rows) {
        // Rows that are only compared with come last.
        long inPairs =
                rows.stream().filter(row -> row.label() != Label.MISMATCHED).count();
        double[] scores = new double[(int) inPairs];
        for (int i = 0; i < scores.length; i++) {
            float[] own = outputs.logProbs()[i];
            float[] others = rows.get(i).get(Input.REFERENCE_LOG_PROBS);
            for (int t = 0; t < own.length; t++) {
                scores[i] += (double) own[t] - others[t];
            }
        }
        return scores;
    }

    /** The rows of pairs. */
    public static List<Experience> rows(List<PreferencePair> pairs) {
        return pairs.stream().flatMap(pair -> pair.rows().stream()).toList();
    }

    /** Share of pairs, at least one, whose chosen row scores higher; a tie counts half. */
    public static double accuracy(double[] scores) {
        double right = 0;
        for (int i = 0; i < scores.length; i += 2) {
            right += scores[i] == scores[i + 1] ? TIE : scores[i] > scores[i + 1] ? 1 : 0;
        }
        return 2 * right / scores.length;
    }
}
