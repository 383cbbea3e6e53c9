package dev.rlhf.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.EntropyTerm;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.Reduction;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.core.update.TrainingBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DjlLearnerTest {
    private static final float[][] NONE = {};
    private final GoldenCase golden = GoldenCase.of("untied");
    private final TrainingBatch batch = golden.batch(0.7);
    private final FixedCoefficients mixed =
            FixedCoefficients.ofPolicy(golden.ragged("by_log_prob"), golden.ragged("by_entropy"));

    @TempDir
    private Path directory;

    @Test
    void gradientsDoNotDependOnTheSplit() {
        Map<String, float[]> whole = gradients(1000, 1);
        for (int tokens : new int[] {1, 13, 24, 1000}) {
            for (int threads : new int[] {1, 2, 3, 50}) {
                gradients(tokens, threads)
                        .forEach((name, gradient) -> GoldenCase.assertClose(
                                name + " at " + tokens + " tokens, " + threads + " threads",
                                gradient,
                                whole.getOrDefault(name, new float[0]),
                                1e-5));
            }
        }
    }

    @Test
    void theSameThreadsGiveTheSameBits() {
        Map<String, float[]> once = gradients(1000, 2);
        gradients(1000, 2)
                .forEach((name, gradient) -> assertThat(gradient).as(name).isEqualTo(once.get(name)));
    }

    @Test
    void layersThatAreComputedOnceMoreGiveTheSameBits() {
        Map<String, float[]> kept = gradients(30, 2);
        try (DjlLearner learner =
                DjlLearner.open(golden.recomputing(Head.LANGUAGE_MODEL, 30, 2), GoldenCase.OPTIMISER, 10)) {
            learner.accumulate(batch, mixed);
            GoldenCase.byName(learner)
                    .forEach((name, gradient) -> assertThat(gradient).as(name).isEqualTo(kept.get(name)));
        }
    }

    @Test
    void outputsDoNotDependOnTheThreads() {
        TokenOutputs alone = outputs(1);
        TokenOutputs beside = outputs(3);
        for (int row = 0; row < golden.rows().size(); row++) {
            GoldenCase.assertClose("row " + row, beside.logProbs()[row], alone.logProbs()[row], 1e-5);
            GoldenCase.assertClose("row " + row, beside.entropies()[row], alone.entropies()[row], 1e-5);
        }
    }

    private TokenOutputs outputs(int threads) {
        try (DjlNetwork network = DjlNetwork.open(golden.settings(Head.LANGUAGE_MODEL, 1000, threads))) {
            return network.evaluate(golden.rows(), 0.7, Set.of(Output.LOG_PROBS, Output.ENTROPIES));
        }
    }

    @Test
    void logProbsHaveTheSameBitsWhateverIsAskedBeside() {
        try (DjlNetwork network = DjlNetwork.open(golden.settings(Head.LANGUAGE_MODEL, 1000))) {
            TokenOutputs both = network.evaluate(golden.rows(), 0.7, Set.of(Output.LOG_PROBS, Output.ENTROPIES));
            TokenOutputs alone = network.evaluate(golden.rows(), 0.7, Set.of(Output.LOG_PROBS));
            TokenOutputs entropies = network.evaluate(golden.rows(), 0.7, Set.of(Output.ENTROPIES));
            assertThat(alone.logProbs()).isDeepEqualTo(both.logProbs());
            assertThat(entropies.entropies()).isDeepEqualTo(both.entropies());
            assertThat(alone.entropies()).isEmpty();
            assertThat(entropies.logProbs()).isEmpty();
        }
    }

    @Test
    void gradientsHaveTheSameBitsWhateverIsReadBeside() {
        Objective likelihood = FixedCoefficients.likelihood(batch);
        Objective watched = Objective.sum(likelihood, new EntropyTerm(0, Reduction.TOKEN_MEAN));
        assertThat(watched.needs().outputs()).contains(Output.ENTROPIES);
        Map<String, float[]> alone = gradients(1000, 1, likelihood);
        gradients(1000, 1, watched)
                .forEach((name, gradient) -> assertThat(gradient).as(name).isEqualTo(alone.get(name)));
    }

    private Map<String, float[]> gradients(int microBatchTokens, int threads) {
        return gradients(microBatchTokens, threads, mixed);
    }

    private Map<String, float[]> gradients(int microBatchTokens, int threads, Objective objective) {
        try (DjlLearner learner = DjlLearner.open(
                golden.settings(Head.LANGUAGE_MODEL, microBatchTokens, threads), GoldenCase.OPTIMISER, 10)) {
            learner.accumulate(batch, objective);
            return GoldenCase.byName(learner);
        }
    }

    @Test
    void theSameRunTwiceEndsInTheSameBytes() {
        for (String run : List.of("one", "two")) {
            try (DjlLearner learner = open(13)) {
                train(learner, 5);
                learner.save(directory.resolve(run));
            }
        }
        assertSameFile("one/model.safetensors", "two/model.safetensors");
    }

    @Test
    void aSavedStateContinuesExactly() {
        Path state = directory.resolve("state");
        try (DjlLearner straight = open(13)) {
            train(straight, 2);
            straight.saveState(state);
            train(straight, 3);
            straight.save(directory.resolve("straight"));
            straight.saveState(directory.resolve("straight"));
        }
        try (DjlLearner resumed = open(13)) {
            train(resumed, 1);
            resumed.loadState(state);
            train(resumed, 3);
            resumed.save(directory.resolve("resumed"));
            resumed.saveState(directory.resolve("resumed"));
        }
        for (String file : List.of(
                "model.safetensors",
                "weights.safetensors",
                "optimiser.first.safetensors",
                "optimiser.second.safetensors",
                "state.json")) {
            assertSameFile("straight/" + file, "resumed/" + file);
        }
    }

    @Test
    void aDamagedStateIsNamed() throws IOException {
        try (DjlLearner learner = open(13)) {
            learner.saveState(directory);
            Path file = directory.resolve("optimiser.second.safetensors");
            Files.write(file, new byte[] {1, 2, 3});
            assertUserError(() -> learner.loadState(directory), file.toString());
            assertUserError(() -> learner.loadState(directory.resolve("none")), "state.json");
        }
    }

    @Test
    void aStepOnNumbersThatAreNotFiniteChangesNothing() {
        float[][] poison = golden.ragged("by_log_prob");
        poison[1][0] = Float.NaN;
        try (DjlLearner learner = open(1000)) {
            learner.saveState(directory.resolve("before"));
            assertThatThrownBy(() -> learner.update(batch, FixedCoefficients.ofPolicy(poison, NONE)))
                    .isInstanceOfSatisfying(
                            RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.DIVERGED))
                    .hasMessageContaining("unchanged");
            learner.saveState(directory.resolve("after"));
        }
        assertSameFile("before/weights.safetensors", "after/weights.safetensors");
        assertSameFile("before/state.json", "after/state.json");
    }

    @Test
    void aRowLongerThanTheContextIsNamed() {
        TokenSequence ok = new TokenSequence(new int[] {1, 2}, 1);
        TokenSequence tooLong = new TokenSequence(new int[33], 30);
        TokenSequence unknown = new TokenSequence(new int[] {1, 37}, 1);
        try (DjlLearner learner = open(1000)) {
            assertUserError(() -> learner.logProbs(List.of(ok, tooLong), 1.0), "row 1 has 33 tokens (prompt 30");
            assertUserError(() -> learner.logProbs(List.of(unknown), 1.0), "token 37");
        }
    }

    @Test
    void rowsComeBackInTheirOrderAndWithoutResponseEmpty() {
        TokenSequence empty = new TokenSequence(new int[] {4, 5, 6}, 3);
        List<TokenSequence> rows = golden.rows();
        try (DjlLearner learner = open(1000)) {
            TokenOutputs outputs = learner.evaluate(
                    List.of(rows.get(2), empty, rows.get(1)), 1.0, Set.of(Output.LOG_PROBS, Output.ENTROPIES));
            assertThat(outputs.logProbs()[0]).hasSize(rows.get(2).responseLength());
            assertThat(outputs.logProbs()[1]).isEmpty();
            assertThat(outputs.entropies()[2]).hasSize(rows.get(1).responseLength());
        }
    }

    @Test
    void aValueModelSpeaksOfEveryResponseToken() {
        try (DjlNetwork network = DjlNetwork.open(golden.settings(Head.VALUE, 1000))) {
            float[][] values = network.values(golden.rows());
            for (int row = 0; row < values.length; row++) {
                assertThat(values[row]).hasSize(golden.rows().get(row).responseLength());
            }
            network.save(directory);
        }
        try (DjlNetwork again = DjlNetwork.open(new dev.rlhf.core.update.NetworkSettings(
                directory.toString(), Head.VALUE, 10, 1, new dev.rlhf.core.base.Seed(99)))) {
            assertThat(again.decoder().config()).isEqualTo(dev.rlhf.learner.model.ModelConfig.read(golden.directory()));
        }
        assertThat(directory.resolve("config.json")).content().contains("LlamaForSequenceClassification");
    }

    private DjlLearner open(int microBatchTokens) {
        return DjlLearner.open(golden.settings(Head.LANGUAGE_MODEL, microBatchTokens), GoldenCase.OPTIMISER, 10);
    }

    private void train(DjlLearner learner, int steps) {
        for (int step = 0; step < steps; step++) {
            learner.update(batch, mixed);
        }
    }

    private void assertSameFile(String one, String other) {
        assertThat(directory.resolve(one)).hasSameBinaryContentAs(directory.resolve(other));
    }

    private static void assertUserError(Runnable action, String named) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContaining(named);
    }
}
