package dev.rlhf.core.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TokenRewardsTest {
    private static final float[] POLICY = {-1, -2, -3, -4};
    private static final float[] REFERENCE = {-1.5f, -1, -3, -2};

    @Test
    void theScoreStandsAtTheLastTokenOfThePolicyAndTheKlAtEach() {
        float[] rewards =
                TokenRewards.of(10, POLICY, REFERENCE, new boolean[] {true, true, true, false}, 0.1, KlEstimator.K1);
        assertThat(rewards).containsExactly(new float[] {-0.05f, 0.1f, 10, 0}, within(1e-6f));
    }

    @Test
    void withoutAPenaltyTheReferenceIsNotLookedAt() {
        float[] rewards = TokenRewards.of(
                2, POLICY, new float[] {Float.NaN, 0, 0, 0}, new boolean[] {true, true, true, true}, 0, KlEstimator.K3);
        assertThat(rewards).containsExactly(0, 0, 0, 2);
    }

    @Test
    void aRowMaskedAsAWholeHasNoReward() {
        assertThat(TokenRewards.of(5, POLICY, REFERENCE, new boolean[4], 0.1, KlEstimator.K1))
                .containsExactly(0, 0, 0, 0);
    }

    @Test
    void theSumIsTheScoreLessThePenaltyOfTheSequence() {
        float[] rewards =
                TokenRewards.of(1, POLICY, REFERENCE, new boolean[] {true, true, true, true}, 0.5, KlEstimator.K1);
        double sum = 0;
        for (float reward : rewards) {
            sum += reward;
        }
        assertThat(sum).isCloseTo(1 - 0.5 * (0.5 - 1 + 0 - 2), within(1e-6));
    }

    @Test
    void anAdaptivePenaltyFollowsItsTarget() {
        KlController controller = new AdaptiveKl(0.1, 6, 1000);
        assertThat(controller.after(12, 100).beta()).isCloseTo(0.1 * (1 + 0.2 * 0.1), within(1e-12));
        assertThat(controller.after(0, 100).beta()).isCloseTo(0.1 * (1 - 0.2 * 0.1), within(1e-12));
        assertThat(controller.after(6.6, 100).beta()).isCloseTo(0.1 * (1 + 0.1 * 0.1), within(1e-12));
        assertThat(controller.withBeta(0.3)).isEqualTo(new AdaptiveKl(0.3, 6, 1000));
        assertThat(new FixedKl(0.1).after(100, 100)).isEqualTo(new FixedKl(0.1));
    }
}
