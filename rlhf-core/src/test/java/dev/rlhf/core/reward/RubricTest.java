package dev.rlhf.core.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.FinishReason;
import dev.rlhf.core.rollout.RolloutGroup;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RubricTest {
    private static final List<RolloutGroup> GROUPS =
            List.of(group("p:1", "tac", "tac", "tax"), group("p:2", "dog", "dog "));

    /** A reward that gives what it is told to. */
    private record Fixed(double[][] scores) implements RewardFunction {
        @Override
        public String name() {
            return "fixed";
        }

        @Override
        public double[][] score(List<RolloutGroup> groups) {
            return scores;
        }
    }

    @Test
    void scoresAreWeightedAddedAndKeptByName() {
        Rubric rubric = new Rubric(List.of(
                new Rubric.Criterion(new ExactMatch(), 2),
                new Rubric.Criterion(new Fixed(new double[][] {{0.5, -1}, {3}}), -0.1)));
        List<ScoredGroup> scored = rubric.score(GROUPS);
        assertThat(scored).extracting(ScoredGroup::group).isEqualTo(GROUPS);
        assertThat(scored.get(0).rewards()).containsExactly(2 - 0.05, 0.1);
        assertThat(scored.get(1).rewards()).containsExactly(-0.1 * 3);
        assertThat(scored.get(0).components()).containsOnlyKeys("exact-match", "fixed");
        assertThat(scored.get(0).components().get("exact-match")).containsExactly(1, 0);
        assertThat(scored.get(0).components().get("fixed")).containsExactly(0.5, -1);
    }

    @Test
    void aScoreTooManyOrTooFewIsABug() {
        for (double[][] scores : new double[][][] {{{1, 1}}, {{1, 1}, {1, 1}}, {{1}, {1}}, {{1, 1}, {1}, {1}}}) {
            assertThatThrownBy(() -> rubric(scores).score(GROUPS))
                    .isInstanceOfSatisfying(
                            RlhfException.class,
                            failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.BUG))
                    .hasMessageContaining("reward fixed did not give one score to each");
        }
    }

    @Test
    void aScoreThatIsNotFiniteIsABugOfItsRewardAtItsPrompt() {
        assertThatThrownBy(() -> rubric(new double[][] {{1, 1}, {Double.NaN}}).score(GROUPS))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.BUG))
                .hasMessage("reward fixed gave NaN for prompt p:2");
    }

    @Test
    void aRubricOfNothingIsTheUsersMistake() {
        assertThatThrownBy(() -> new Rubric(List.of()))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.USER));
    }

    @ParameterizedTest
    @CsvSource({"tac,STOP,1", "tac,LENGTH,0", "tax,STOP,0", "'tac ',STOP,0", "'',STOP,0"})
    void aMatchIsExactAndEndedByItself(String text, FinishReason reason, double score) {
        Prompt prompt = GROUPS.get(0).prompt();
        assertThat(new ExactMatch().score(prompt, completion(text, reason))).isEqualTo(score);
    }

    @ParameterizedTest
    @CsvSource({
        "tac,1",
        "tax,0.6666666666666666",
        "ta,0.6666666666666666",
        "tacs,0.75",
        "cat,0.3333333333333333",
        "'',0"
    })
    void positionsAreCountedOverTheLongerText(String text, double share) {
        Prompt prompt = GROUPS.get(0).prompt();
        assertThat(new PositionMatch().score(prompt, completion(text, FinishReason.LENGTH)))
                .isEqualTo(share);
    }

    @ParameterizedTest
    @CsvSource({"1,0", "6,0", "8,-0.5", "10,-1", "15,-1"})
    void thePenaltyGrowsInTheBufferAlone(int length, double penalty) {
        Completion completion =
                new Completion(new int[length], new float[length], FinishReason.STOP, new WeightVersion(1), "");
        // Compared as numbers: an unpunished completion may be worth -0.
        assertThat(new LengthPenalty(10, 4).score(GROUPS.get(0).prompt(), completion) - penalty)
                .isZero();
    }

    private static Rubric rubric(double[][] scores) {
        return new Rubric(List.of(new Rubric.Criterion(new Fixed(scores), 1)));
    }

    private static RolloutGroup group(String id, String answer, String... texts) {
        Prompt prompt = new Prompt(id, id, new int[] {1}, Map.of("answer", answer));
        return new RolloutGroup(
                prompt,
                List.of(texts).stream()
                        .map(text -> completion(text, FinishReason.STOP))
                        .toList());
    }

    private static Completion completion(String text, FinishReason reason) {
        return new Completion(new int[] {2}, new float[] {-1}, reason, new WeightVersion(1), text);
    }
}
