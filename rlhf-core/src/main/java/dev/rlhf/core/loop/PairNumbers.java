package dev.rlhf.core.loop;

import dev.rlhf.core.measure.Calibration;
import dev.rlhf.core.measure.LengthGap;
import dev.rlhf.core.run.Evaluation;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.TokenOutputs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What a model makes of held-out pairs, at least one: rows with chosen at 2i, rejected at 2i+1. */
public final class PairNumbers {
    private PairNumbers() {}

    /** Of a reward model: how often it ranks them right, by length as well, and whether it is as right as it is sure. */
    public static Map<String, Double> ofRewardModel(TokenOutputs outputs, List<Experience> rows) {
        double[] scores = PairScores.ofRewardModel(outputs);
        double[] margins = PairScores.margins(scores);
        Map<String, Double> numbers = new LinkedHashMap<>();
        numbers.put(Evaluation.PAIR_ACCURACY, PairScores.accuracy(scores));
        Calibration calibration = Calibration.of(margins);
        numbers.put("eval_calibration_error", calibration.error());
        numbers.put("eval_brier", calibration.brier());
        LengthGap gap = LengthGap.of(margins, lengths(rows, 0), lengths(rows, 1));
        gap.longer().ifPresent(accuracy -> numbers.put("eval_pair_accuracy_longer", accuracy));
        gap.shorter().ifPresent(accuracy -> numbers.put("eval_pair_accuracy_shorter", accuracy));
        return numbers;
    }

    /**
     * Of a policy that learns from pairs: how often it ranks them right, and how likely it finds either side, in nats an answer.
     *
     * <p>The gain is that over the reference. Where the margin grows and both gains fall, likelihood is displaced: the policy moves to
     * answers that nobody preferred. Source: Razin et al. 2024 (arXiv 2410.08847).
     *
     * @param outputs the policy's log-probs
     * @param rows the rows, which know the reference's
     */
    public static Map<String, Double> ofPolicy(TokenOutputs outputs, List<Experience> rows) {
        double[] gains = PairScores.ofPolicy(outputs, rows);
        double[] logProbs = IntStream.range(0, gains.length)
                .mapToDouble(i -> sum(outputs.logProbs()[i]))
                .toArray();
        Map<String, Double> numbers = new LinkedHashMap<>();
        numbers.put(Evaluation.PAIR_ACCURACY, PairScores.accuracy(gains));
        numbers.put("eval_chosen_log_prob", mean(logProbs, 0));
        numbers.put("eval_rejected_log_prob", mean(logProbs, 1));
        numbers.put("eval_chosen_gain", mean(gains, 0));
        numbers.put("eval_rejected_gain", mean(gains, 1));
        return numbers;
    }

    /** Response tokens of one side, 0 for chosen and 1 for rejected. */
    private static int[] lengths(List<Experience> rows, int side) {
        return IntStream.range(0, rows.size() / 2)
                .map(i -> rows.get(2 * i + side).sequence().responseLength())
                .toArray();
    }

    private static double sum(float[] logProbs) {
        double sum = 0;
        for (float logProb : logProbs) {
            sum += logProb;
        }
        return sum;
    }

    private static double mean(double[] rows, int side) {
        double sum = 0;
        for (int i = side; i < rows.length; i += 2) {
            sum += rows[i];
        }
        return 2 * sum / rows.length;
    }
}
