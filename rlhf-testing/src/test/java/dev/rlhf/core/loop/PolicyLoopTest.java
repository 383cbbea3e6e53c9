package dev.rlhf.core.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rlhf.core.advantage.AdvantageInput;
import dev.rlhf.core.advantage.Advantages;
import dev.rlhf.core.advantage.GroupRelative;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.loop.ToyRun.Algorithm;
import dev.rlhf.core.reward.ScoredGroup;
import dev.rlhf.core.run.Sample;
import dev.rlhf.core.run.StepReport;
import dev.rlhf.core.update.AdaptiveKl;
import dev.rlhf.core.update.FixedKl;
import dev.rlhf.core.update.KlController;
import dev.rlhf.core.update.Objective;
import dev.rlhf.testing.ToyLearner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The loop of every on-policy algorithm with fakes; no native code, no server. */
class PolicyLoopTest {
    private static final KlController WEAK = new FixedKl(0.01);

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void theRewardRises(Algorithm algorithm) {
        PolicyLoop loop = new ToyRun(directory).loop(algorithm, WEAK);
        List<StepReport> reports = ToyRun.steps(loop, 1, 200);
        List<StepReport> last = reports.subList(190, 200);
        double before = ToyRun.mean(reports.subList(0, 5), "reward_mean");
        assertThat(ToyRun.mean(last, "reward_mean"))
                .as("reward after training, %s before", before)
                .isGreaterThan(before + 0.5);
        assertThat(ToyRun.mean(last, "kl")).isGreaterThan(0.5);
        assertThat(ToyRun.mean(last, "truncated")).isLessThan(0.2);
    }

    @Test
    void withoutAReferenceThereIsNoKl() {
        ToyRun run = new ToyRun(directory).withoutReference();
        List<StepReport> reports = ToyRun.steps(run.loop(Algorithm.GRPO, new FixedKl(0)), 1, 2);
        assertThat(reports)
                .allSatisfy(report -> assertThat(report.metrics())
                        .containsKey("reward_mean")
                        .doesNotContainKeys("kl", "kl_coefficient"));
        assertThat(run.journal.take()).doesNotContain("reference evaluates");
    }

    @Test
    void theStepsOfTheLoopComeInOrder() {
        ToyRun run = new ToyRun(directory);
        PolicyLoop loop = run.loop(Algorithm.PPO, WEAK);
        StepReport report = loop.step(1);
        assertThat(run.journal.take())
                .containsExactly(
                        "generate",
                        "score",
                        "policy evaluates",
                        "reference evaluates",
                        "critic evaluates",
                        "policy learns",
                        "critic learns",
                        "policy learns",
                        "critic learns",
                        "policy learns",
                        "critic learns",
                        "policy learns",
                        "critic learns",
                        "publish v000002",
                        "policy evaluates");
        assertThat(report.version()).isEqualTo(new WeightVersion(2));
        assertThat(report.seconds()).containsOnlyKeys("generate", "score", "update", "sync", "step");
        assertThat(report.samples())
                .extracting(Sample::pick)
                .containsExactly(
                        Sample.Pick.FIRST, Sample.Pick.FIRST, Sample.Pick.FIRST, Sample.Pick.BEST, Sample.Pick.WORST);
        assertThat(report.samples().get(3).reward())
                .isGreaterThan(report.samples().get(4).reward());
        assertThat(report.samples().get(0).components()).isNotEmpty();
        assertThat(loop.state().version()).isEqualTo(new WeightVersion(2));
    }

    @Test
    void oneUpdateWithTheKlInTheLossSeesTheServerAgreeWithoutAskingThePolicyTwice() {
        ToyRun run = new ToyRun(directory);
        StepReport report = run.loop(Algorithm.GRPO, WEAK).step(1);
        assertThat(run.journal.take())
                .containsExactly(
                        "generate",
                        "score",
                        "reference evaluates",
                        "policy learns",
                        "publish v000002",
                        "policy evaluates");
        assertThat(ToyRun.number(report, "rollout_gap")).isBetween(0.0, 1e-5);
    }

    @Test
    void samplesComeFromTheWeightsOfTheStepBefore() {
        ToyRun run = new ToyRun(directory);
        PolicyLoop loop = run.loop(Algorithm.PPO, WEAK);
        for (StepReport report : ToyRun.steps(loop, 1, 5)) {
            // The server's and the learner's words for the same tokens differ by rounding alone.
            assertThat(ToyRun.number(report, "rollout_gap")).isBetween(0.0, 1e-5);
        }
    }

    @Test
    void aWarmingCriticLeavesThePolicyAndTheServersAlone() {
        ToyRun run = new ToyRun(directory);
        PolicyLoop loop = run.loop(
                Algorithm.PPO.settings(),
                ToyRun.rules(),
                run.criticOf(Algorithm.PPO, 2),
                new AdaptiveKl(0.01, 6, 100),
                ToyRun.start());
        float[][] before = logProbs(run.policy);
        List<StepReport> reports = ToyRun.steps(loop, 1, 2);
        assertThat(logProbs(run.policy)).isDeepEqualTo(before);
        assertThat(run.critic.steps()).isEqualTo(8);
        assertThat(run.journal.take()).noneMatch(entry -> entry.startsWith("publish") || entry.equals("policy learns"));
        assertThat(reports.get(1).version()).isEqualTo(new WeightVersion(1));
        assertThat(reports.get(1).metrics()).containsKey("critic_loss").doesNotContainKey("loss");
        // A policy that does not learn has no KL to be held at a target.
        assertThat(loop.state().klCoefficient()).isEqualTo(0.01);
        assertThat(loop.step(3).version()).isEqualTo(new WeightVersion(2));
        assertThat(loop.state().klCoefficient()).isLessThan(0.01);
        assertThat(logProbs(run.policy)).isNotEqualTo(before);
    }

    @Test
    void theKlIsTakenFromTheRewardOfEachTokenOrAddedToTheLoss() {
        for (Algorithm algorithm : List.of(Algorithm.RLOO, Algorithm.GRPO, Algorithm.REINFORCE)) {
            ToyRun run = new ToyRun(directory);
            ToyRun.nudge(run.reference);
            List<AdvantageInput> seen = new ArrayList<>();
            List<Double> betas = new ArrayList<>();
            PolicySettings settings = algorithm.settings(
                    input -> {
                        seen.add(input);
                        return new GroupRelative(false, 1e-4).estimate(input);
                    },
                    beta -> {
                        betas.add(beta);
                        return algorithm.objective(beta);
                    });
            List<List<ScoredGroup>> scores = new ArrayList<>();
            StepReport report = run.loop(
                            settings,
                            groups -> {
                                scores.add(ToyRun.rules().score(groups));
                                return scores.get(0);
                            },
                            Optional.empty(),
                            new FixedKl(0.3),
                            ToyRun.start())
                    .step(1);
            boolean inReward = algorithm == Algorithm.RLOO;
            requireRewards(run, scores.get(0), seen.get(0), inReward ? 0.3 : 0);
            assertThat(betas).containsOnly(0.3);
            assertThat(report.metrics().containsKey("kl_loss")).isEqualTo(algorithm == Algorithm.GRPO);
            assertThat(ToyRun.number(report, "kl")).isNotZero();
            assertThat(report.metrics()).containsEntry("kl_coefficient", 0.3);
        }
    }

    /** The score stands at the last token, the KL at every token, nothing beyond. */
    private static void requireRewards(ToyRun run, List<ScoredGroup> scored, AdvantageInput input, double beta) {
        int row = 0;
        for (ScoredGroup group : scored) {
            List<TokenSequence> sequences = group.group().sequences();
            float[][] reference = run.reference.logProbs(sequences, 1);
            for (int i = 0; i < sequences.size(); i++) {
                float[] sampled = group.group().completions().get(i).logProbs();
                float[] rewards = input.tokenRewards()[row++];
                assertThat(rewards).hasSameSizeAs(sampled);
                for (int t = 0; t < rewards.length; t++) {
                    double score = t == rewards.length - 1 ? group.rewards()[i] : 0;
                    assertThat((double) rewards[t])
                            .isCloseTo(score - beta * (sampled[t] - reference[i][t]), within(1e-5));
                }
            }
        }
        assertThat(row).isEqualTo(input.tokenRewards().length);
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void aResumedLoopGoesOnAsIfNothingHadHappened(Algorithm algorithm) {
        KlController adaptive = new AdaptiveKl(0.05, 0.3, 100);
        ToyRun straight = new ToyRun(directory.resolve("straight"));
        PolicyLoop whole = straight.loop(algorithm, adaptive);
        List<StepReport> expected = ToyRun.steps(whole, 1, 9).subList(5, 9);

        ToyRun before = new ToyRun(directory.resolve("before"));
        PolicyLoop stopped = before.loop(algorithm, adaptive);
        ToyRun.steps(stopped, 1, 5);
        stopped.saveLearners(directory.resolve("checkpoint"));
        LoopState state = stopped.state();

        ToyRun after = new ToyRun(directory.resolve("after"));
        after.policy.loadState(directory.resolve("checkpoint").resolve(LearnerNames.POLICY));
        if (algorithm.hasCritic()) {
            after.critic.loadState(directory.resolve("checkpoint").resolve(LearnerNames.CRITIC));
        }
        PolicyLoop resumed = after.loop(
                algorithm.settings(),
                ToyRun.rules(),
                after.criticOf(algorithm, 0),
                adaptive.withBeta(state.klCoefficient()),
                state);
        assertThat(state.klCoefficient()).isNotEqualTo(0.05);
        List<StepReport> found = ToyRun.steps(resumed, 6, 9);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(found.get(i).metrics()).isEqualTo(expected.get(i).metrics());
            assertThat(found.get(i).version()).isEqualTo(expected.get(i).version());
            assertThat(found.get(i).samples()).isEqualTo(expected.get(i).samples());
        }
        assertThat(logProbs(after.policy)).isDeepEqualTo(logProbs(straight.policy));
        assertThat(resumed.state()).isEqualTo(whole.state());
    }

    @Test
    void aRewardThatIsNotFiniteStopsTheStep() {
        ToyRun run = new ToyRun(directory);
        PolicyLoop loop = run.loop(
                Algorithm.GRPO.settings(),
                groups -> ToyRun.rules().score(groups).stream()
                        .map(group -> new ScoredGroup(group.group(), new double[8], group.components()))
                        .peek(group -> group.rewards()[0] = Double.POSITIVE_INFINITY)
                        .toList(),
                Optional.empty(),
                WEAK,
                ToyRun.start());
        assertNothingLearnt(run, loop, ErrorKind.DIVERGED, "reward_mean is Infinity");
    }

    @Test
    void anAdvantageThatIsNotFiniteStopsTheStepBeforeAWeightMoves() {
        ToyRun run = new ToyRun(directory);
        PolicySettings settings = Algorithm.GRPO.settings(
                input -> {
                    Advantages advantages = new GroupRelative(true, 1e-4).estimate(input);
                    advantages.advantages()[3][0] = Float.NaN;
                    return advantages;
                },
                Algorithm.GRPO::objective);
        PolicyLoop loop = run.loop(settings, ToyRun.rules(), Optional.empty(), WEAK, ToyRun.start());
        assertNothingLearnt(run, loop, ErrorKind.DIVERGED, "NaN");
    }

    @Test
    void aStatisticThatIsNotFiniteIsNotPublished() {
        ToyRun run = new ToyRun(directory);
        PolicySettings settings = Algorithm.GRPO.settings(
                new GroupRelative(true, 1e-4)::estimate,
                beta -> Objective.sum(Algorithm.GRPO.objective(0), new Poison()));
        PolicyLoop loop = run.loop(settings, ToyRun.rules(), Optional.empty(), WEAK, ToyRun.start());
        assertThatThrownBy(() -> loop.step(1)).hasMessage("clip_fraction is NaN");
        assertThat(run.journal.take()).noneMatch(entry -> entry.startsWith("publish"));
        assertThat(loop.state().version()).isEqualTo(new WeightVersion(1));
    }

    private static void assertNothingLearnt(ToyRun run, PolicyLoop loop, ErrorKind kind, String words) {
        float[][] before = logProbs(run.policy);
        assertThatThrownBy(() -> loop.step(1))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(kind))
                .hasMessageContaining(words);
        assertThat(logProbs(run.policy)).isDeepEqualTo(before);
        assertThat(run.journal.take()).noneMatch(entry -> entry.startsWith("publish"));
        assertThat(loop.state().version()).isEqualTo(new WeightVersion(1));
    }

    private static float[][] logProbs(ToyLearner policy) {
        return policy.logProbs(List.of(TokenSequence.of(new int[] {1}, new int[] {2, 0, 4, 3})), 1);
    }
}
