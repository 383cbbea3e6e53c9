package dev.rlhf.core.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.FinishReason;
import dev.rlhf.core.rollout.RolloutGroup;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RubricTest {
    private static final List<RolloutGroup> GROUPS =
            List.of(group("p:1", "tac", "tac", "tax"), group("p:2", "dog", "dog "));

    /** A reward that gives what it is told to. */
    private record Fixed(double[][] scores) implements RewardFunction {
        @Override
        public double[][] score(List<RolloutGroup> groups) {
            return scores;
        }
    }

    @Test
    void scoresAreWeightedAddedAndKeptByName() {
        Rubric rubric = new Rubric(List.of(
                Rubric.Criterion.of("exact-match", new ExactMatch(), 2),
                criterion("fixed", new Fixed(new double[][] {{0.5, -1}, {3}}), -0.1)));
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
    void whatAUsersRewardDoesWrongIsTheUsersMistake() {
        RewardOrigin users = new RewardOrigin("vowels", Optional.of(Path.of("/my/vowels.jar")));
        Map<RewardFunction, String> mistakes = Map.of(
                groups -> new double[0][], "did not give one score",
                groups -> new double[2][], "NullPointerException",
                groups -> new double[][] {{1, 1}, {Double.NaN}}, "gave NaN for prompt p:2",
                groups -> {
                            throw new ArithmeticException("/ by zero");
                        },
                        "threw java.lang.ArithmeticException: / by zero at dev.rlhf.core.reward.RubricTest");
        mistakes.forEach((function, words) -> {
            Rubric rubric = new Rubric(List.of(new Rubric.Criterion("mine", users, function, 1)));
            assertThatThrownBy(() -> rubric.score(GROUPS))
                    .isInstanceOfSatisfying(
                            RlhfException.class,
                            failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.USER))
                    .hasMessageContaining("mine of kind vowels in /my/vowels.jar")
                    .hasMessageContaining(words);
        });
    }

    @Test
    void whatARewardThrowsOnPurposeIsLeftAsItIs() {
        RewardFunction away = groups -> {
            throw RlhfException.resource("the judge is away", null);
        };
        assertThatThrownBy(() -> new Rubric(List.of(criterion("judge", away, 1))).score(GROUPS))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.RESOURCE))
                .hasMessage("the judge is away");
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
        RolloutGroup group = new RolloutGroup(GROUPS.get(0).prompt(), List.of(completion));
        RewardFunction opened = new LengthPenalty(null, 1, 4).open(RewardContext.of(10));
        assertThat(opened.score(List.of(group))[0][0] - penalty).isZero();
    }

    @Test
    void twoRewardsOfOneKindKeepTheirOwnScores() {
        Rubric rubric = new Rubric(List.of(
                criterion("first", new Fixed(new double[][] {{1, 2}, {3}}), 1),
                criterion("second", new Fixed(new double[][] {{5, 6}, {7}}), 1)));

        ScoredGroup scored = rubric.score(GROUPS).get(0);

        assertThat(scored.components().get("first")).containsExactly(1, 2);
        assertThat(scored.components().get("second")).containsExactly(5, 6);
        assertThat(scored.rewards()).containsExactly(6, 8);
    }

    @Test
    void oneNameForTwoRewardsIsABug() {
        Rubric.Criterion criterion = Rubric.Criterion.of("same", new ExactMatch(), 1);

        assertThatThrownBy(() -> new Rubric(List.of(criterion, criterion)))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.BUG));
    }

    /** A sign may be typeset: U+2212 is the minus of mathematics; in {@code 9−4} it is no sign, as a hyphen is none. */
    @ParameterizedTest
    @CsvSource({
        "-5, -5",
        "\u22125, -5",
        "x = \u22125., -5",
        "\u2212$1234.50, -1234.50",
        "#### \u2212.5, -0.5",
        "9\u22124, 4",
        "\u2212 5, 5",
        "12\u22125 = \u22127 , -7",
        "5\u2212, 5",
    })
    void theMinusOfTypesetTextIsASign(String text, BigDecimal number) {
        assertThat(NumericAnswer.finalNumber(text))
                .hasValueSatisfying(found -> assertThat(found).isEqualByComparingTo(number));
    }

    @ParameterizedTest
    @CsvSource({"\uD83D\uDC4B!,\uD83D\uDC4B?,0.5", "\uD83D\uDC4B,\uD83D\uDC4A,0"})
    void aCharacterOfTwoUnitsIsOne(String text, String answer, double share) {
        assertThat(PositionMatch.share(text, answer)).isEqualTo(share);
    }

    private static Rubric.Criterion criterion(String name, RewardFunction function, double weight) {
        return new Rubric.Criterion(name, new RewardOrigin(name, Optional.empty()), function, weight);
    }

    private static Rubric rubric(double[][] scores) {
        return new Rubric(List.of(criterion("fixed", new Fixed(scores), 1)));
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

    @Test
    void noTwoRewardsShareAColumnWithEachOtherOrWithAnotherNumber() {
        assertThatThrownBy(() -> RewardNames.of(List.of(named("a-b"), named("a_b"))))
                .hasMessageContaining("used twice");
        assertThatThrownBy(() -> RewardNames.of(List.of(named("mean")))).hasMessageContaining("must not be 'mean'");
        assertThat(RewardNames.of(List.of(named(null), named(null)))).containsExactly("exact-match", "exact-match-2");
    }

    private static RewardRecipe named(@Nullable String name) {
        return new ExactMatch(name, 1);
    }

    @Test
    void aRuleThatIsUsedAloneIsGuardedTheSame() {
        RuleReward broken = new Broken(null, 1);
        assertThatThrownBy(() -> Rubric.of(broken).score(GROUPS)).hasMessageContaining("gave NaN for prompt");
    }

    @Block(value = "reward", kinds = "broken")
    private record Broken(@Nullable String name, double weight) implements RuleReward {
        @Override
        public double score(Prompt prompt, Completion completion) {
            return Double.NaN;
        }
    }
}
