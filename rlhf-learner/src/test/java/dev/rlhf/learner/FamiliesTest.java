package dev.rlhf.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.files.JsonFile;
import dev.rlhf.learner.model.Families;
import dev.rlhf.learner.model.ModelConfig;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every family against transformers: a small random model whose norms and biases are not what they start as. */
class FamiliesTest {
    private static final double TOLERANCE = 1e-4;
    private static final String REWARD = "qwen3_reward";

    static Stream<String> names() throws IOException, URISyntaxException {
        Path folder = Path.of(Objects.requireNonNull(FamiliesTest.class.getResource("/golden/families"))
                .toURI());
        try (Stream<Path> all = Files.list(folder)) {
            return all
                    .map(one -> one.getFileName().toString())
                    .filter(name -> !name.equals(REWARD))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void logitsLogProbsAndEveryGradientAreThoseOfTransformers(String name) {
        GoldenCase golden = GoldenCase.of("families/" + name);
        TrainingBatch batch = golden.batch(1);
        try (DjlLearner learner =
                        DjlLearner.open(golden.settings(Head.LANGUAGE_MODEL, 1000), GoldenCase.OPTIMISER, 10);
                NDManager scope = NativeScope.open()) {
            float[] logits = learner.decoder().logits(scope, golden.rows()).toFloatArray();
            GoldenCase.assertClose("logits", logits, golden.numbers("logits"), TOLERANCE);
            float[][] logProbs =
                    learner.evaluate(golden.rows(), 1, Set.of(Output.LOG_PROBS)).logProbs();
            GoldenCase.assertClose("log-probs", GoldenCase.flat(logProbs), golden.numbers("log_probs"), TOLERANCE);
            GradientAccumulation.Sum sum = learner.accumulate(batch, FixedCoefficients.likelihood(batch));
            assertThat(sum.loss()).isCloseTo(golden.numbers("loss")[0], within(1e-5));
            Map<String, float[]> gradients = new LinkedHashMap<>(GoldenCase.byName(learner));
            // What files of GPT-NeoX call so is lm_head in transformers 5.
            float[] words = gradients.remove("embed_out.weight");
            if (words != null) {
                gradients.put("lm_head.weight", words);
            }
            assertThat(gradients.keySet()).as("parameters").isEqualTo(golden.names("loss."));
            gradients.forEach((weight, gradient) ->
                    GoldenCase.assertClose(weight, gradient, golden.numbers("loss." + weight), TOLERANCE));
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void bothSpellingsMeanTheSame(String name) throws IOException {
        Path directory = GoldenCase.of("families/" + name).directory();
        Path older = directory.resolve("config4.json");
        if (Files.exists(older)) {
            ModelConfig newer = ModelConfig.read(directory);
            assertThat(ModelConfig.of(newer.family(), JsonFile.read(older))).isEqualTo(newer);
        }
    }

    @Test
    void aRewardModelFromElsewhereScoresAndLearns() {
        GoldenCase golden = GoldenCase.of("families/" + REWARD);
        TrainingBatch batch = golden.batch(1);
        FixedCoefficients objective = FixedCoefficients.ofValues(golden.ragged("by_value"));
        try (DjlLearner learner = DjlLearner.open(golden.settings(Head.REWARD, 1000), GoldenCase.OPTIMISER, 10)) {
            float[][] scores =
                    learner.evaluate(golden.rows(), 1, Set.of(Output.VALUES)).values();
            GoldenCase.assertClose("scores", GoldenCase.flat(scores), golden.numbers("scores"), TOLERANCE);
            learner.accumulate(batch, objective);
            GoldenCase.byName(learner)
                    .forEach((weight, gradient) ->
                            GoldenCase.assertClose(weight, gradient, golden.numbers("loss." + weight), TOLERANCE));
        }
    }

    @Test
    void thereIsACaseForEveryFamily() throws IOException, URISyntaxException {
        List<String> covered = names().map(name -> ModelConfig.read(
                                GoldenCase.of("families/" + name).directory())
                        .family()
                        .modelType())
                .distinct()
                .toList();
        assertThat(covered).containsExactlyInAnyOrderElementsOf(Families.modelTypes());
    }

    @Test
    void thePageOfModelsHasARowForEveryFamily() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "models.md"));
        assertThat(Families.modelTypes()).allSatisfy(type -> assertThat(page).contains(" | `" + type + "` | "));
    }
}
