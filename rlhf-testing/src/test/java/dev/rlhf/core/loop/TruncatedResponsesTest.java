package dev.rlhf.core.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.loop.ToyRun.Algorithm;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.FixedKl;
import dev.rlhf.core.update.Input;
import dev.rlhf.core.update.Needs;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.Reduction;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.testing.ToyTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** DAPO's overlong filtering: responses that were cut off are compared with and not learnt from. */
class TruncatedResponsesTest {
    @TempDir
    Path directory;

    /** Notes every batch that its objective is prepared for. */
    private record Listening(Objective objective, List<TrainingBatch> heard) implements Objective {
        @Override
        public Needs needs() {
            return objective.needs();
        }

        @Override
        public Prepared prepare(TrainingBatch batch, Optional<TokenOutputs> firstPass) {
            heard.add(batch);
            return objective.prepare(batch, firstPass);
        }
    }

    @Test
    void theirTokensAreInNoNumeratorAndNoDenominator() {
        List<Experience> rows = rows(true);
        List<Experience> cut =
                rows.stream().filter(TruncatedResponsesTest::isCut).toList();
        assertThat(cut).isNotEmpty().hasSizeLessThan(rows.size());
        assertThat(rows)
                .allSatisfy(row -> assertThat(row.trainedTokens())
                        .isEqualTo(isCut(row) ? 0 : row.sequence().responseLength()));
        for (Reduction mean : List.of(Reduction.TOKEN_MEAN, Reduction.SEQUENCE_MEAN_TOKEN_MEAN)) {
            double[] weights = mean.weights(TrainingBatch.of(rows));
            double total = 0;
            for (int i = 0; i < weights.length; i++) {
                total += weights[i] * rows.get(i).trainedTokens();
            }
            assertThat(total).as("weights of %s", mean).isBetween(1 - 1e-12, 1 + 1e-12);
        }
    }

    @Test
    void theirRewardsAreComparedWithAsEver() {
        List<Experience> masked = rows(true);
        List<Experience> learnt = rows(false);
        assertThat(learnt).allSatisfy(row -> assertThat(row.trainedTokens()).isPositive());
        for (int i = 0; i < masked.size(); i++) {
            assertThat(masked.get(i).sequence()).isEqualTo(learnt.get(i).sequence());
            assertThat(masked.get(i).get(Input.ADVANTAGES))
                    .isEqualTo(learnt.get(i).get(Input.ADVANTAGES));
        }
    }

    private List<Experience> rows(boolean maskTruncated) {
        PolicySettings grpo = Algorithm.GRPO.settings();
        List<TrainingBatch> heard = new ArrayList<>();
        PolicySettings settings = new PolicySettings(
                grpo.promptsPerStep(),
                grpo.sampling(),
                grpo.advantage(),
                beta -> new Listening(grpo.objective().apply(beta), heard),
                grpo.klInReward(),
                grpo.klEstimator(),
                grpo.epochsPerBatch(),
                grpo.miniBatches(),
                maskTruncated,
                grpo.largestGap(),
                grpo.seed());
        ToyRun run = new ToyRun(directory.resolve(String.valueOf(maskTruncated)));
        run.loop(settings, ToyRun.rules(), Optional.empty(), new FixedKl(0), ToyRun.start())
                .step(1);
        assertThat(heard).hasSize(1);
        return heard.get(0).rows();
    }

    /** Whether the response did not come to its end. */
    private static boolean isCut(Experience row) {
        int[] response = row.sequence().response();
        return response[response.length - 1] != ToyTask.END;
    }
}
