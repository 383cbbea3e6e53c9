package dev.rlhf.core.measure;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.measure.PairJudge.Preference;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.Completion;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The share of prompts on which one model's answer beats another's.
 *
 * <p>The judge sees each pair twice, with places swapped: an answer wins that is preferred in both; anything else, a tie or a judge that
 * contradicts itself, counts half. A judge that looks at places alone so gives 0.5. Source: Zheng et al. 2023 (arXiv 2306.05685),
 * section 3.4.
 */
public final class WinRate {
    private static final double HALF = 0.5;

    private WinRate() {}

    /**
     * In [0, 1]; above 0.5 where the answers {@code own} are better.
     *
     * @param judge who compares
     * @param prompts at least one, [G]
     * @param own the answer to each by the model that is judged, [G]
     * @param others the answer to each that it is compared with, [G]
     * @throws RlhfException BUG when there are no prompts, or not as many answers
     */
    public static double of(PairJudge judge, List<Prompt> prompts, List<Completion> own, List<Completion> others) {
        if (prompts.isEmpty() || own.size() != prompts.size() || others.size() != prompts.size()) {
            throw RlhfException.bug(
                    prompts.size() + " prompts, " + own.size() + " answers and " + others.size() + " to compare with");
        }
        return IntStream.range(0, prompts.size())
                .mapToDouble(i -> worth(judge, prompts.get(i), own.get(i), others.get(i)))
                .average()
                .orElse(HALF);
    }

    /**
     * The same of answers that are scored each on its own, whose judge so knows no places; equal scores count half.
     *
     * @param own scores of the model that is judged, [G], at least one
     * @param others scores of the one that it is compared with, [G]
     * @throws RlhfException BUG when there are no scores, or not as many
     */
    public static double ofScores(double[] own, double[] others) {
        if (own.length == 0 || own.length != others.length) {
            throw RlhfException.bug(own.length + " scores, and " + others.length + " to compare with");
        }
        return IntStream.range(0, own.length)
                .mapToDouble(i -> own[i] == others[i] ? HALF : own[i] > others[i] ? 1 : 0)
                .average()
                .orElse(HALF);
    }

    private static double worth(PairJudge judge, Prompt prompt, Completion own, Completion other) {
        Preference ahead = judge.compare(prompt, own, other);
        Preference behind = judge.compare(prompt, other, own);
        if (ahead == Preference.FIRST && behind == Preference.SECOND) {
            return 1;
        }
        return ahead == Preference.SECOND && behind == Preference.FIRST ? 0 : HALF;
    }
}
