package dev.rlhf.learner;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.core.update.Output;
import dev.rlhf.learner.decoder.CachedDecoder;
import dev.rlhf.learner.decoder.CachedSequence;
import dev.rlhf.learner.decoder.Decoder;
import dev.rlhf.learner.decoder.Logits;
import dev.rlhf.learner.decoder.Prefix;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.files.JsonFile;
import dev.rlhf.learner.model.ModelConfig;
import dev.rlhf.learner.model.ModelInitialiser;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a server says of every family, prompt or step, is what the learner says, and it writes what transformers writes. */
class FamiliesServedTest {
    /** What is left where a processor's products give a row other bits in other company; see {@link ProductTrial}. */
    private static final double GAP = 4e-6;

    static Stream<String> names() throws IOException, URISyntaxException {
        return FamiliesTest.names();
    }

    /** What was written after a prompt. */
    private record Written(int[] tokens, double[] logProbs) {}

    @ParameterizedTest
    @MethodSource("names")
    void greedyTokensAreThoseOfTransformersAndTheirLogProbsTheLearners(String name) {
        NativeScope.prepareThread(1);
        GoldenCase golden = GoldenCase.of("families/" + name);
        try (CachedDecoder server = CachedDecoder.open(golden.directory(), null);
                DjlNetwork learner = DjlNetwork.open(
                        golden.settings(Head.LANGUAGE_MODEL, 1000).likeServers())) {
            double gap = gap(golden.directory());
            for (JsonNode greedy : golden.json().path("greedy")) {
                int[] prompt = ints(greedy.path("prompt"));
                Written written = write(server, prompt, greedy.path("tokens").size());
                assertThat(written.tokens()).isEqualTo(ints(greedy.path("tokens")));
                assertLearnt(learner, prompt, written, gap);
            }
        }
    }

    /** Of a new model, as training begins with. */
    @ParameterizedTest
    @MethodSource("names")
    void aNewModelIsServedAsItIsLearnt(String name, @TempDir Path directory) {
        NativeScope.prepareThread(1);
        Path config = GoldenCase.of("families/" + name).directory().resolve(ModelConfig.FILE);
        ModelInitialiser.random((ObjectNode) JsonFile.read(config), new Seed(3), directory);
        NetworkSettings settings =
                new NetworkSettings(directory.toString(), Head.LANGUAGE_MODEL, 1000, 1, new Seed(1)).likeServers();
        try (CachedDecoder server = CachedDecoder.open(directory, null);
                DjlNetwork learner = DjlNetwork.open(settings)) {
            double gap = gap(directory);
            for (int first = 4; first < 12; first++) {
                int[] prompt = {first, 3, first + 7, 9};
                assertLearnt(learner, prompt, write(server, prompt, 24), gap);
                // Fewer positions than a product has rows.
                assertLearnt(learner, prompt, write(server, prompt, 1 + first % 4), gap);
                assertLearnt(learner, new int[] {first}, write(server, new int[] {first}, 1 + first % 3), gap);
            }
        }
    }

    /** A row alone, of any length, of a model so wide that two threads share its products. */
    @Test
    void twoThreadsLearnWhatOneServes(@TempDir Path directory) {
        ModelInitialiser.random(ofWidth128(), new Seed(3), directory);
        NetworkSettings settings =
                new NetworkSettings(directory.toString(), Head.LANGUAGE_MODEL, 1000, 2, new Seed(1)).likeServers();
        try (CachedDecoder server = CachedDecoder.open(directory, null);
                Decoder learner = Decoder.open(settings)) {
            for (int count = 1; count <= 14; count++) {
                for (int first = 4; first < 12; first++) {
                    int[] prompt = {first, 9};
                    NativeScope.prepareThread(1);
                    Written written = write(server, prompt, count);
                    NativeScope.prepareThread(2);
                    assertSaid(logProbs(learner, row(prompt, written)), written, gap(directory));
                }
            }
        } finally {
            NativeScope.prepareThread(1);
        }
    }

    private static float[] logProbs(Decoder learner, TokenSequence row) {
        try (NDManager scope = NativeScope.open()) {
            return learner.forward(scope, List.of(row), 1, Set.of(Output.LOG_PROBS), false)
                    .outputs()
                    .logProbs()[0];
        }
    }

    private static ObjectNode ofWidth128() {
        Path config = GoldenCase.of("families/llama_linear").directory().resolve(ModelConfig.FILE);
        return ((ObjectNode) JsonFile.read(config))
                .put("hidden_size", 128)
                .put("intermediate_size", 384)
                .put("num_attention_heads", 4)
                .put("num_key_value_heads", 2)
                .put("head_dim", 32);
    }

    /** A prompt is read as it would be written. */
    @ParameterizedTest
    @MethodSource("names")
    void promptsAreReadAsTheLearnerReadsThem(String name) {
        NativeScope.prepareThread(1);
        GoldenCase golden = GoldenCase.of("families/" + name);
        try (CachedDecoder server = CachedDecoder.open(golden.directory(), null);
                DjlNetwork learner = DjlNetwork.open(
                        golden.settings(Head.LANGUAGE_MODEL, 1000).likeServers())) {
            double gap = gap(golden.directory());
            for (TokenSequence row : golden.rows()) {
                int[] first = Arrays.copyOf(row.tokens(), 1);
                int[] rest = Arrays.copyOfRange(row.tokens(), 1, row.length());
                assertLearnt(learner, first, new Written(rest, server.logProbs(row.tokens())), gap);
            }
        }
    }

    private static double gap(Path model) {
        return ProductTrial.alike(ModelConfig.read(model)) ? 0 : GAP;
    }

    private static Written write(CachedDecoder server, int[] prompt, int count) {
        List<Integer> tokens = new ArrayList<>();
        double[] logProbs = new double[count];
        Prefix prefix = server.read(List.of(prompt)).get(0);
        Logits.Chosen first = prefix.logits().likeliest(new int[] {prefix.row()});
        CachedSequence sequence = server.open(prefix, prompt.length + count);
        server.fill();
        tokens.add(first.tokens()[0]);
        logProbs[0] = first.logProbs()[0];
        prefix.close();
        for (int i = 1; i < count; i++) {
            int[] last = {tokens.get(i - 1)};
            try (Logits logits = server.step(List.of(sequence), last, new int[] {prompt.length + i - 1})) {
                Logits.Chosen next = logits.likeliest(new int[] {0});
                tokens.add(next.tokens()[0]);
                logProbs[i] = next.logProbs()[0];
            }
        }
        sequence.close();
        return new Written(tokens.stream().mapToInt(Integer::intValue).toArray(), logProbs);
    }

    private static void assertLearnt(DjlNetwork learner, int[] prompt, Written written, double gap) {
        float[] learnt = learner.evaluate(List.of(row(prompt, written)), 1, Set.of(Output.LOG_PROBS))
                .logProbs()[0];
        assertSaid(learnt, written, gap);
    }

    private static TokenSequence row(int[] prompt, Written written) {
        int[] whole = IntStream.concat(Arrays.stream(prompt), Arrays.stream(written.tokens()))
                .toArray();
        return new TokenSequence(whole, prompt.length);
    }

    private static void assertSaid(float[] learnt, Written written, double gap) {
        for (int i = 0; i < learnt.length; i++) {
            assertThat(Math.abs(learnt[i] - (float) written.logProbs()[i]))
                    .as("gap at token " + i)
                    .isLessThanOrEqualTo((float) gap);
        }
    }

    private static int[] ints(JsonNode list) {
        return IntStream.range(0, list.size()).map(i -> list.get(i).asInt()).toArray();
    }
}
