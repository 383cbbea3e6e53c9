package dev.rlhf.learner;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.learner.engine.NativeScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows with one prompt compute it once, and learn what they would learn alone. */
class SharedPromptTest {

    private final Random random = new Random(5);
    private final List<TokenSequence> rows = new ArrayList<>();
    private final GoldenCase golden = GoldenCase.of("untied");

    SharedPromptTest() {
        group(10, 1, 5, 9, 5);
        group(10, 9, 5, 5, 1);
        group(6, 4, 4, 4, 4);
        group(6, 4, 4, 4, 4);
        group(17, 2, 1);
        group(3, 7);
        group(1, 5, 8);
    }

    private void group(int prompt, int... responses) {
        rows.addAll(group(random, prompt, responses));
    }

    /** Rows of one prompt of {@code prompt} tokens with responses of these lengths. */
    static List<TokenSequence> group(Random random, int prompt, int... responses) {
        int[] shared = random.ints(prompt, 1, 37).toArray();
        List<TokenSequence> rows = new ArrayList<>();
        for (int response : responses) {
            int[] tokens = random.ints(prompt + response, 1, 37).toArray();
            System.arraycopy(shared, 0, tokens, 0, prompt);
            rows.add(new TokenSequence(tokens, prompt));
        }
        return rows;
    }

    @ParameterizedTest
    @EnumSource(Head.class)
    void whatIsLearntIsWhatEachRowTeachesAlone(Head head) {
        Map<String, float[]> alone = gradients(head, 1, 1);
        for (int threads : new int[] {1, 2}) {
            for (int tokens : new int[] {60, 1000}) {
                gradients(head, tokens, threads)
                        .forEach((name, gradient) -> GoldenCase.assertClose(
                                name + " at " + tokens + " tokens, " + threads + " threads",
                                gradient,
                                alone.getOrDefault(name, new float[0]),
                                1e-5));
            }
        }
    }

    @Test
    void aPromptIsComputedOnce() {
        try (DjlNetwork network = DjlNetwork.open(golden.settings(Head.LANGUAGE_MODEL, 1000));
                NDManager scope = NativeScope.open()) {
            int positions = network.decoder()
                    .forward(scope, rows.subList(0, 16), 1, Set.of(Output.LOG_PROBS), false)
                    .positions();
            // Four prompts, and of each response all but its last token, after which nothing is read.
            int after = rows.subList(0, 16).stream()
                    .mapToInt(row -> row.responseLength() - 1)
                    .sum();
            assertThat(positions).isEqualTo(10 + 10 + 6 + 6 + after);
        }
    }

    private Map<String, float[]> gradients(Head head, int microBatchTokens, int threads) {
        try (DjlLearner learner =
                DjlLearner.open(golden.settings(head, microBatchTokens, threads), GoldenCase.OPTIMISER, 10)) {
            learner.accumulate(
                    TrainingBatch.of(rows.stream().map(Experience::of).toList()), FixedCoefficients.drawn(head, rows));
            return GoldenCase.byName(learner);
        }
    }
}
