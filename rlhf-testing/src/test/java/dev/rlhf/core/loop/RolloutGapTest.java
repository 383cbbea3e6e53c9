package dev.rlhf.core.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.loop.ToyRun.Algorithm;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.update.FixedKl;
import dev.rlhf.core.update.Network;
import dev.rlhf.testing.Failures;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RolloutGapTest {
    private static final FixedKl WEAK = new FixedKl(0.01);

    @TempDir
    Path directory;

    /** A server that fills in a parameter of its own, or tells other log-probs than those it samples from. */
    @Test
    void aServerThatSamplesAnotherDistributionStopsTheLoopBeforeItLearns() {
        for (Algorithm algorithm : List.of(Algorithm.GRPO, Algorithm.PPO)) {
            ToyRun run = new ToyRun(directory);
            PolicyLoop loop = run.servedBy(drawn -> drawn * 3).loop(algorithm, WEAK);
            float[][] before = says(run.policy);
            assertThatThrownBy(() -> loop.step(1))
                    .isInstanceOfSatisfying(
                            RlhfException.class,
                            failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.RESOURCE))
                    .hasMessageContaining("rollout_gap")
                    .hasMessageContaining("--logprobs-mode processed_logprobs")
                    .hasMessageContaining("generation.largest-gap");
            assertThat(says(run.policy)).isDeepEqualTo(before);
        }
    }

    /** Where tokens are left out, vLLM shares their mass out among the others. */
    @Test
    void aServerMaySayMoreButNeverLessWhereTokensAreLeftOut() {
        RolloutGap gap = new RolloutGap(new SamplingParams(1, 1, 0.9, 0, 4), 1e-3);
        float[][] learner = {{-1f, -2f}};
        boolean[][] drawn = {{true, true}};
        assertThat(gap.required(learner, new float[][] {{-0.5f, -1.9f}}, drawn)).isZero();
        Failures.assertFails(
                () -> gap.required(learner, new float[][] {{-0.5f, -2.1f}}, drawn),
                ErrorKind.RESOURCE,
                "rollout_gap is 0.1");
    }

    @Test
    void whatIsNoNumberIsNoAgreement() {
        RolloutGap gap = new RolloutGap(SamplingParams.greedy(4), 1e-3);
        Failures.assertFails(
                () -> gap.required(new float[][] {{Float.NaN}}, new float[][] {{-1f}}, new boolean[][] {{true}}),
                ErrorKind.RESOURCE,
                "rollout_gap is NaN");
    }

    private static float[][] says(Network policy) {
        return policy.logProbs(List.of(TokenSequence.of(new int[] {1}, new int[] {1, 2, 0})), 1);
    }
}
