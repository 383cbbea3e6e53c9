package dev.rlhf.core.loop;

import dev.rlhf.core.advantage.AdvantageEstimator;
import dev.rlhf.core.advantage.AdvantageInput;
import dev.rlhf.core.advantage.Advantages;
import dev.rlhf.core.advantage.BatchBaseline;
import dev.rlhf.core.advantage.GeneralizedAdvantage;
import dev.rlhf.core.advantage.GroupRelative;
import dev.rlhf.core.advantage.LeaveOneOut;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.ShuffledPrompts;
import dev.rlhf.core.reward.ExactMatch;
import dev.rlhf.core.reward.PositionMatch;
import dev.rlhf.core.reward.Rubric;
import dev.rlhf.core.reward.Scorer;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.run.StepReport;
import dev.rlhf.core.sync.Canary;
import dev.rlhf.core.sync.WeightSnapshot;
import dev.rlhf.core.update.ClippedSurrogate;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.KlController;
import dev.rlhf.core.update.KlEstimator;
import dev.rlhf.core.update.Likelihood;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.PolicyGradient;
import dev.rlhf.core.update.Reduction;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.core.update.ValueRegression;
import dev.rlhf.testing.ToyEngine;
import dev.rlhf.testing.ToyLearner;
import dev.rlhf.testing.ToyTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;

/** A whole on-policy loop on the toy task: real core, real loop, a tabular policy. */
final class ToyRun {
    static final Seed SEED = new Seed(3);

    final ToyLearner policy = ToyLearner.policy(ToyTask.VOCABULARY, 8);
    final ToyLearner reference = ToyLearner.policy(ToyTask.VOCABULARY, 8);
    final ToyLearner critic = ToyLearner.critic(ToyTask.VOCABULARY, 0.5);
    final ToyEngine engine = new ToyEngine(ToyTask.VOCABULARY);
    final Journal journal = new Journal();
    private final Path directory;
    private boolean hasReference = true;
    private DoubleUnaryOperator spoil = DoubleUnaryOperator.identity();

    /** The algorithms of the house, each as a recipe would put it together. */
    enum Algorithm {
        PPO,
        GRPO,
        DAPO,
        GSPO,
        CISPO,
        RLOO,
        REINFORCE;

        boolean hasCritic() {
            return this == PPO;
        }

        Objective objective(double beta) {
            return switch (this) {
                case PPO -> surrogate(0.2).withEntropy();
                case GRPO ->
                    beta == 0 ? surrogate(0.28).withEntropy() : surrogate(0.28).withEntropyAndKl(KlEstimator.K3, beta);
                case DAPO -> surrogate(0.28).withEntropy();
                case GSPO -> sequences().withEntropy();
                case CISPO -> weights().withEntropy();
                case RLOO, REINFORCE -> new PolicyGradient(0, Reduction.TOKEN_MEAN).withEntropy();
            };
        }

        private static ClippedSurrogate surrogate(double clipHigh) {
            return new ClippedSurrogate(
                    ClippedSurrogate.Ratio.TOKEN,
                    ClippedSurrogate.Clip.PESSIMISTIC,
                    0.2,
                    clipHigh,
                    0,
                    0,
                    Reduction.TOKEN_MEAN);
        }

        private static ClippedSurrogate sequences() {
            return new ClippedSurrogate(
                    ClippedSurrogate.Ratio.SEQUENCE,
                    ClippedSurrogate.Clip.PESSIMISTIC,
                    0.2,
                    0.28,
                    0,
                    0,
                    Reduction.SEQUENCE_MEAN_TOKEN_MEAN);
        }

        private static ClippedSurrogate weights() {
            return new ClippedSurrogate(
                    ClippedSurrogate.Ratio.TOKEN,
                    ClippedSurrogate.Clip.STOP_GRADIENT,
                    1,
                    4,
                    0,
                    0,
                    Reduction.TOKEN_MEAN);
        }

        PolicySettings settings() {
            AdvantageEstimator advantage = switch (this) {
                case PPO -> new GeneralizedAdvantage(1, 0.95, true);
                case GRPO, DAPO, GSPO, CISPO -> new GroupRelative(true, 1e-4);
                case RLOO -> new LeaveOneOut();
                case REINFORCE -> new BatchBaseline(true);
            };
            return settings(advantage::estimate, this::objective);
        }

        PolicySettings settings(Function<AdvantageInput, Advantages> advantage, DoubleFunction<Objective> objective) {
            int updates = switch (this) {
                case PPO, DAPO, GSPO, CISPO -> 2;
                case GRPO, RLOO, REINFORCE -> 1;
            };
            return new PolicySettings(
                    4,
                    new SamplingParams(8, 1, 1, 0, 4),
                    advantage,
                    objective,
                    this == PPO || this == RLOO,
                    KlEstimator.K1,
                    updates,
                    updates,
                    this == DAPO,
                    1e-5,
                    SEED);
        }
    }

    /** A run whose weights travel through {@code directory}. */
    ToyRun(Path directory) {
        this.directory = directory;
    }

    /** The same run with nothing to compare the policy with. */
    ToyRun withoutReference() {
        hasReference = false;
        return this;
    }

    /** The same run with a server whose log-probs are others. */
    ToyRun servedBy(DoubleUnaryOperator spoiled) {
        spoil = spoiled;
        return this;
    }

    private List<RolloutGroup> spoiled(List<RolloutGroup> groups) {
        return groups.stream()
                .map(group -> new RolloutGroup(
                        group.prompt(),
                        group.completions().stream().map(this::spoiled).toList()))
                .toList();
    }

    private Completion spoiled(Completion completion) {
        float[] logProbs = new float[completion.logProbs().length];
        for (int t = 0; t < logProbs.length; t++) {
            logProbs[t] = (float) spoil.applyAsDouble(completion.logProbs()[t]);
        }
        return new Completion(
                completion.tokens(), logProbs, completion.finishReason(), completion.version(), completion.text());
    }

    /** Half the right positions, half the whole answer. */
    static Scorer rules() {
        return new Rubric(List.of(
                Rubric.Criterion.of("position-match", new PositionMatch(), 0.5),
                Rubric.Criterion.of("exact-match", new ExactMatch(), 0.5)));
    }

    /** Moves a policy away from where it is: a little towards answering "a" to everything. */
    static void nudge(ToyLearner policy) {
        List<Experience> rows = new ArrayList<>();
        for (int letter = 1; letter <= ToyTask.LETTERS; letter++) {
            rows.add(Experience.of(TokenSequence.of(new int[] {letter}, new int[] {1, 0})));
        }
        policy.update(TrainingBatch.of(rows), new Likelihood(Reduction.TOKEN_MEAN));
    }

    /** The loop of an algorithm from its beginning. */
    PolicyLoop loop(Algorithm algorithm, KlController controller) {
        return loop(algorithm.settings(), rules(), criticOf(algorithm, 0), controller, start());
    }

    Optional<Critic> criticOf(Algorithm algorithm, int warmupSteps) {
        return algorithm.hasCritic()
                ? Optional.of(new Critic(
                        journal.learner("critic", critic),
                        new ValueRegression(0.2, 1, Reduction.TOKEN_MEAN),
                        warmupSteps))
                : Optional.empty();
    }

    static LoopState start() {
        return new LoopState(List.of(), new WeightVersion(1), 0);
    }

    /** A loop that goes on where {@code state} says; the weights of that state are published first, as a stage does. */
    PolicyLoop loop(
            PolicySettings settings,
            Scorer scorer,
            Optional<Critic> optional,
            KlController controller,
            LoopState state) {
        WeightSync sync = (learner, version) -> {
            Path model = directory.resolve(version.text());
            learner.save(model);
            double gap =
                    engine.publish(new WeightSnapshot(model, version, Canary.of(learner, ToyTask.VOCABULARY, 8, 1)));
            return new SyncReport(OptionalDouble.of(gap), 1);
        };
        sync.publish(policy, state.version());
        PolicyActors actors = new PolicyActors(
                journal.engine((prompts, sampling, seed) -> spoiled(engine.generate(prompts, sampling, seed))),
                journal.scorer(scorer),
                journal.learner("policy", policy),
                hasReference ? Optional.of(journal.network("reference", reference)) : Optional.empty(),
                optional,
                journal.sync(sync));
        return new PolicyLoop(
                settings,
                actors,
                new ShuffledPrompts<>(ToyTask.prompts(), SEED.derive("prompts"), state.cursor(0)),
                controller,
                state.version());
    }

    /** Takes steps {@code from} to {@code to}. */
    static List<StepReport> steps(TrainingLoop loop, int from, int to) {
        List<StepReport> reports = new ArrayList<>();
        for (int step = from; step <= to; step++) {
            reports.add(loop.step(step));
        }
        return reports;
    }

    /** Mean of a number over some steps. */
    static double mean(List<StepReport> reports, String metric) {
        return reports.stream()
                .mapToDouble(report -> number(report, metric))
                .average()
                .orElseThrow();
    }

    /** A number of a step. */
    static double number(StepReport report, String metric) {
        return report.metrics().getOrDefault(metric, Double.NaN);
    }
}
