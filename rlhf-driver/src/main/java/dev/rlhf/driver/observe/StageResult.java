package dev.rlhf.driver.observe;

import dev.rlhf.core.run.Evaluation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a stage came to; null where a stage has no such number.
 *
 * @param name its name
 * @param kind its kind in the recipe
 * @param steps training steps
 * @param evalAccuracy mean of the evaluation's rule over held-out prompts
 * @param rewardMean mean reward of the last steps' samples
 * @param kl mean KL to the reference over the last steps, in nats a sequence
 * @param pairAccuracy share of held-out pairs ranked right
 * @param seconds wall time
 * @param evalAccuracyBefore {@code evalAccuracy} of the model before the first step
 * @param pairAccuracyBefore {@code pairAccuracy} before the first step
 * @param evalLoss loss over the stage's held-out data; in nats a token for SFT
 * @param evalLossBefore {@code evalLoss} before the first step
 * @param bestStep the step after which the model was best, by accuracy, then pairs, then loss; its model is in {@code best/}
 */
public record StageResult(
        String name,
        String kind,
        int steps,
        @Nullable Double evalAccuracy,
        @Nullable Double rewardMean,
        @Nullable Double kl,
        @Nullable Double pairAccuracy,
        double seconds,
        @Nullable Double evalAccuracyBefore,
        @Nullable Double pairAccuracyBefore,
        @Nullable Double evalLoss,
        @Nullable Double evalLossBefore,
        @Nullable Integer bestStep) {
    /** Its numbers with their words, those it has not included, in the order of every table's columns. */
    public List<Outcome> outcomes() {
        return List.of(
                new Outcome(Metrics.known(Evaluation.ACCURACY), evalAccuracyBefore, evalAccuracy),
                new Outcome(Metrics.known("reward_mean"), null, rewardMean),
                new Outcome(Metrics.known("kl"), null, kl),
                new Outcome(Metrics.known(Evaluation.PAIR_ACCURACY), pairAccuracyBefore, pairAccuracy),
                new Outcome(Metrics.known(Evaluation.LOSS), evalLossBefore, evalLoss));
    }
}
