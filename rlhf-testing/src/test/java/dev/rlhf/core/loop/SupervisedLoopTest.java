package dev.rlhf.core.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.PromptCursor;
import dev.rlhf.core.run.StepReport;
import dev.rlhf.core.update.DirectPreference;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.IdentityPreference;
import dev.rlhf.core.update.KahnemanTversky;
import dev.rlhf.core.update.Likelihood;
import dev.rlhf.core.update.Network;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.Reduction;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.testing.ToyLearner;
import dev.rlhf.testing.ToyTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loop of supervised fine-tuning, reward models and DPO with fakes. */
class SupervisedLoopTest {
    private static final Objective IMITATION = new Likelihood(Reduction.TOKEN_MEAN);
    private static final WeightVersion VERSION = new WeightVersion(5);

    private final ToyLearner policy = ToyLearner.policy(ToyTask.VOCABULARY, 1);
    private final ToyLearner reference = ToyLearner.policy(ToyTask.VOCABULARY, 1);
    private final Journal journal = new Journal();

    @TempDir
    Path directory;

    /** The right answer to each letter; with a wrong one beside it for pairs. */
    private static ExampleSource answers(boolean pairs, PromptCursor cursor) {
        return new ShuffledExamples(
                IntStream.rangeClosed(1, ToyTask.LETTERS)
                        .mapToObj(letter -> example(letter, pairs))
                        .toList(),
                ToyRun.SEED,
                new LoopState(List.of(cursor), VERSION, 0));
    }

    private static List<Experience> example(int letter, boolean pair) {
        Experience right = row(letter, letter % ToyTask.LETTERS + 1);
        return pair ? List.of(right, row(letter, letter)) : List.of(right);
    }

    private static Experience row(int letter, int answer) {
        return Experience.of(TokenSequence.of(new int[] {letter}, new int[] {answer, ToyTask.END}));
    }

    @Test
    void imitationLearnsAndPublishesNothing() {
        TrainingLoop loop = loop(policy, Optional.empty(), false, IMITATION, PromptCursor.START);
        List<StepReport> reports = ToyRun.steps(loop, 1, 40);
        assertThat(ToyRun.number(reports.get(39), "loss")).isLessThan(ToyRun.number(reports.get(0), "loss") / 2);
        assertThat(reports.get(39).version()).isEqualTo(VERSION);
        assertThat(reports.get(39).samples()).isEmpty();
        assertThat(loop.state()).isEqualTo(new LoopState(List.of(new PromptCursor(26, 4)), VERSION, 0));
        assertThat(journal.take()).hasSize(40).containsOnly("policy learns");
    }

    @Test
    void preferencesAreComparedWithTheReference() {
        TrainingLoop loop =
                loop(policy, Optional.of(reference), true, new DirectPreference(0.5, 0), PromptCursor.START);
        List<StepReport> reports = ToyRun.steps(loop, 1, 30);
        assertThat(reports.get(0).metrics()).containsEntry("pair_margin", 0.0);
        assertThat(ToyRun.number(reports.get(29), "pair_accuracy")).isEqualTo(1.0);
        assertThat(ToyRun.number(reports.get(29), "reward_chosen")).isPositive();
        assertThat(journal.take()).startsWith("reference evaluates", "policy learns", "reference evaluates");
    }

    @Test
    void aLeadStopsGrowingAtItsDistance() {
        TrainingLoop loop =
                loop(policy, Optional.of(reference), true, new IdentityPreference(0.5, true), PromptCursor.START);
        List<StepReport> reports = ToyRun.steps(loop, 1, 200);
        // Half of one over beta, in units of beta: 0.5.
        assertThat(ToyRun.number(reports.get(199), "pair_margin")).isCloseTo(0.5, within(0.02));
        assertThat(ToyRun.number(reports.get(199), "loss")).isLessThan(0.01);
    }

    @Test
    void goodAndBadAnswersAreLearntFromEachOnItsOwn() {
        TrainingLoop loop =
                loop(policy, Optional.of(reference), true, new KahnemanTversky(0.5, 1, 1), PromptCursor.START);
        List<StepReport> reports = ToyRun.steps(loop, 1, 60);
        assertThat(reports.get(0).metrics())
                .containsEntry("loss", 0.5)
                .containsEntry("reference_point", 0.0)
                .containsEntry("reward_chosen", 0.0);
        StepReport last = reports.get(59);
        assertThat(ToyRun.number(last, "loss")).isLessThan(0.45);
        assertThat(ToyRun.number(last, "reward_chosen")).isGreaterThan(0.2);
        assertThat(ToyRun.number(last, "reward_rejected")).isLessThan(-0.2);
        assertThat(ToyRun.number(last, "reference_point")).isNotNegative();
    }

    @Test
    void aResumedLoopGoesOnAsIfNothingHadHappened() {
        TrainingLoop straight = loop(policy, Optional.empty(), false, IMITATION, PromptCursor.START);
        ToyRun.steps(straight, 1, 3);
        straight.saveLearners(directory);
        LoopState state = straight.state();
        List<StepReport> expected = ToyRun.steps(straight, 4, 8);

        ToyLearner restored = ToyLearner.policy(ToyTask.VOCABULARY, 1);
        restored.loadState(directory.resolve(LearnerNames.POLICY));
        TrainingLoop resumed = loop(restored, Optional.empty(), false, IMITATION, state.cursor(0));
        List<StepReport> found = ToyRun.steps(resumed, 4, 8);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(found.get(i).metrics()).isEqualTo(expected.get(i).metrics());
        }
        assertThat(resumed.state()).isEqualTo(straight.state());
    }

    @Test
    void aReferenceThatGivesNoNumbersStopsTheStepBeforeAWeightMoves() {
        List<Experience> one = answers(true, PromptCursor.START).next(1);
        float[][] before = policy.logProbs(List.of(one.get(0).sequence()), 1);
        TrainingLoop loop = new SupervisedLoop(
                answers(true, PromptCursor.START),
                new SupervisedSettings(2, 2, new DirectPreference(0.5, 0)),
                policy,
                Optional.of(new NotANumber()),
                VERSION);
        assertThatThrownBy(() -> loop.step(1))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.DIVERGED))
                .hasMessageContaining("NaN");
        assertThat(policy.logProbs(List.of(one.get(0).sequence()), 1)).isDeepEqualTo(before);
    }

    /** A network that is broken. */
    private record NotANumber() implements Network {
        @Override
        public TokenOutputs evaluate(List<TokenSequence> rows, double temperature, Set<Output> wanted) {
            List<float[]> numbers = new ArrayList<>();
            for (TokenSequence row : rows) {
                float[] nothing = new float[row.responseLength()];
                Arrays.fill(nothing, Float.NaN);
                numbers.add(nothing);
            }
            return TokenOutputs.ofPolicy(numbers.toArray(float[][]::new), numbers.toArray(float[][]::new));
        }

        @Override
        public void save(Path modelDirectory) {
            throw new UnsupportedOperationException();
        }
    }

    private TrainingLoop loop(
            ToyLearner learner,
            Optional<ToyLearner> compared,
            boolean pairs,
            Objective objective,
            PromptCursor cursor) {
        return new SupervisedLoop(
                answers(pairs, cursor),
                new SupervisedSettings(4, 2, objective),
                journal.learner("policy", learner),
                compared.map(network -> journal.network("reference", network)),
                VERSION);
    }
}
