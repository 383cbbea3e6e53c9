package dev.rlhf.driver.report;

import static dev.rlhf.driver.report.ChartForm.NUMBER;
import static dev.rlhf.driver.report.ChartForm.SHARE;
import static dev.rlhf.driver.report.ChartForm.STACKED_SECONDS;

import dev.rlhf.core.run.Evaluation;
import dev.rlhf.driver.observe.Metrics;
import dev.rlhf.driver.report.ChartKind.Line;
import java.util.List;

/** The charts the page explains, in the order in which they are shown. */
final class ChartKinds {
    /** The reward itself, beside its parts. */
    static final String REWARD = "reward_mean";

    /** Not in the file: what of a step's time belongs to none of its phases. */
    static final String OTHER_TIME = "time_other_s";

    static final ChartKind REWARD_KIND = kind("Reward", NUMBER, REWARD);

    static final List<ChartKind> ALL = List.of(
            kind("Held-out accuracy", SHARE, Evaluation.ACCURACY),
            kind("Held-out pair accuracy", SHARE, Evaluation.PAIR_ACCURACY),
            kind("Held-out loss", NUMBER, Evaluation.LOSS),
            kind("Loss", NUMBER, "loss", "loss/imitation").only(StageFamily.IMITATION),
            REWARD_KIND,
            kind("KL to the starting model", NUMBER, "kl"),
            kind("Entropy", NUMBER, "entropy"),
            kind("Pair accuracy", SHARE, "pair_accuracy"),
            kind("Pair margin", NUMBER, "pair_margin"),
            ChartKind.of(
                    "Implicit rewards",
                    NUMBER,
                    List.of(new Line("better answer", "reward_chosen"), new Line("worse answer", "reward_rejected")),
                    Metrics.known("reward_chosen").words()),
            kind("Loss", NUMBER, "loss", "loss/pairs").only(StageFamily.PAIRS),
            kind("Loss", NUMBER, "loss", "loss/rewards").only(StageFamily.REWARDS),
            kind("Prompts whose answers all earn the same", SHARE, "zero_variance_groups"),
            kind("Gradient norm", NUMBER, "grad_norm"),
            ChartKind.of(
                    "Clipped tokens",
                    SHARE,
                    List.of(new Line("clipped", "clip_fraction"), new Line("dual clip", "dual_clip_fraction")),
                    Metrics.known("clip_fraction").words()),
            kind("Answer length", NUMBER, "response_length"),
            kind("Truncated answers", SHARE, "truncated"),
            kind("Critic: explained variance", SHARE, "critic_explained_variance"),
            kind("Critic: loss", NUMBER, "critic_loss"),
            ChartKind.of(
                    "Time of a step",
                    STACKED_SECONDS,
                    List.of(
                            new Line("generate", "time_generate_s"),
                            new Line("score", "time_score_s"),
                            new Line("update", "time_update_s"),
                            new Line("sync", "time_sync_s"),
                            new Line("other", OTHER_TIME)),
                    "Seconds of a step, phase upon phase. Healthy: "
                            + Metrics.known("time_step_s").healthy()));

    private ChartKinds() {}

    /** The chart of a reward that is made of several parts. */
    static ChartKind rewardParts(List<Line> parts) {
        return ChartKind.of(
                "Parts of the reward", NUMBER, parts, Metrics.rewardPart().words());
    }

    private static ChartKind kind(String title, ChartForm form, String metric) {
        return kind(title, form, metric, metric);
    }

    private static ChartKind kind(String title, ChartForm form, String metric, String meaning) {
        return ChartKind.of(title, form, metric, Metrics.known(meaning).words());
    }
}
