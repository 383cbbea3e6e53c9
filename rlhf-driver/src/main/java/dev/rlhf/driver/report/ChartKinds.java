package dev.rlhf.driver.report;

import static dev.rlhf.driver.report.ChartForm.NUMBER;
import static dev.rlhf.driver.report.ChartForm.SHARE;
import static dev.rlhf.driver.report.ChartForm.STACKED_SECONDS;

import dev.rlhf.driver.report.ChartKind.Line;
import java.util.List;

/** The charts the page explains, in the order in which they are shown. */
final class ChartKinds {
    /** The reward itself, beside its parts. */
    static final String REWARD = "reward_mean";

    /** Not in the file: what of a step's time belongs to none of its phases. */
    static final String OTHER_TIME = "time_other_s";

    static final List<ChartKind> ALL = List.of(
            ChartKind.of(
                            "Loss",
                            NUMBER,
                            "loss",
                            "How badly the given answers are predicted, in nats a token. Healthy: it falls fast, then flattens;"
                                    + " a rise late on means too high a learning rate.")
                    .only(StageFamily.IMITATION),
            ChartKind.of(
                    "Reward",
                    NUMBER,
                    REWARD,
                    "Mean reward of a step's answers. Healthy: it climbs, ever more slowly, and stays up. If it climbs while the"
                            + " answers below get worse, the model has found a hole in the reward."),
            ChartKind.of(
                    "KL to the starting model",
                    NUMBER,
                    "kl",
                    "How far the model has moved from where the stage started, in nats an answer. Healthy: a slow rise from zero"
                            + " that flattens. A steep climb warns of over-optimisation; a value well below zero is an error."),
            ChartKind.of(
                    "Entropy",
                    NUMBER,
                    "entropy",
                    "How undecided the model is over its next token, in nats. Healthy: a slow decline. A plunge to zero means"
                            + " that it always says the same and explores no more."),
            ChartKind.of(
                    "Pair accuracy",
                    SHARE,
                    "pair_accuracy",
                    "Share of a step's training pairs whose better answer scores higher. Healthy: it climbs from 50 %, a coin's"
                            + " guess, and levels off. The figure on held-out pairs in the table is the one to trust."),
            ChartKind.of(
                    "Pair margin",
                    NUMBER,
                    "pair_margin",
                    "By how much the better answer leads, in units of score. Healthy: it grows from zero along with the"
                            + " accuracy; growth without any gain in accuracy is over-confidence."),
            ChartKind.of(
                            "Loss",
                            NUMBER,
                            "loss",
                            "Healthy: it falls from 0.69, which is the loss of a coin's guess, and levels off above zero."
                                    + " Near zero at once: the pairs are too easy, or learned by heart.")
                    .only(StageFamily.PAIRS),
            ChartKind.of(
                            "Loss",
                            NUMBER,
                            "loss",
                            "With rewards the loss says little about progress: healthy is a small value that wavers round a"
                                    + " level. Only growing spikes matter.")
                    .only(StageFamily.REWARDS),
            ChartKind.of(
                    "Gradient norm",
                    NUMBER,
                    "grad_norm",
                    "Size of the gradient before it is clipped. Healthy: it settles, with a spike now and then. Spikes that grow"
                            + " announce a collapse."),
            ChartKind.of(
                    "Clipped tokens",
                    SHARE,
                    List.of(new Line("clipped", "clip_fraction"), new Line("dual clip", "dual_clip_fraction")),
                    "Share of tokens whose probability would change by more than one update may. Healthy: under 20 %. More"
                            + " means steps that are too large; with a single update on each batch it is zero."),
            ChartKind.of(
                    "Answer length",
                    NUMBER,
                    "response_length",
                    "Mean tokens of an answer. Healthy: it settles at what the task needs. Steady growth without reward is"
                            + " padding."),
            ChartKind.of(
                    "Truncated answers",
                    SHARE,
                    "truncated",
                    "Share of answers cut off by the token budget. Healthy: near zero. A high share means a budget that is too"
                            + " small, or a model that does not know how to stop."),
            ChartKind.of(
                    "Critic: explained variance",
                    SHARE,
                    "critic_explained_variance",
                    "How much of the reward to come the critic foresees: 100 % is all of it, 0 is no more than its mean. Healthy:"
                            + " it rises above zero early and stays there."),
            ChartKind.of(
                    "Critic: loss",
                    NUMBER,
                    "critic_loss",
                    "Squared error of the critic's forecast. Healthy: it falls during the warm-up and stays low."),
            ChartKind.of(
                    "Time of a step",
                    STACKED_SECONDS,
                    List.of(
                            new Line("generate", "time_generate_s"),
                            new Line("score", "time_score_s"),
                            new Line("update", "time_update_s"),
                            new Line("sync", "time_sync_s"),
                            new Line("other", OTHER_TIME)),
                    "Seconds of a step, phase upon phase. Healthy: level. Growth means longer answers or a machine that is"
                            + " short of something."));

    private ChartKinds() {}

    /** The chart of a reward that is made of several parts. */
    static ChartKind rewardParts(List<Line> parts) {
        return ChartKind.of(
                "Parts of the reward",
                NUMBER,
                parts,
                "The parts that are weighted and summed to the reward. Healthy: they rise together. If one falls while"
                        + " another rises, it is being traded away.");
    }
}
