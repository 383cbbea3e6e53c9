package dev.rlhf.learner.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.TokenGradients;
import dev.rlhf.learner.block.DynamicTanh;
import dev.rlhf.learner.block.Role;
import dev.rlhf.learner.block.RotaryEmbedding;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.model.ConfigKeys;
import dev.rlhf.learner.model.Family;
import dev.rlhf.learner.model.Llama;
import dev.rlhf.learner.model.LlamaShape;
import dev.rlhf.learner.model.ModelConfig;
import dev.rlhf.learner.model.ModelInitialiser;
import dev.rlhf.learner.model.Parameters;
import dev.rlhf.learner.model.WeightLayout;
import dev.rlhf.learner.optimise.AdamW;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A block is one file, {@link DynamicTanh}, and one line, in {@link WithDynamicTanh}: it is drawn, learns, decays or not, is saved and is served.
 */
class NewBlockTest {
    private static final OptimiserSettings OPTIMISER =
            new OptimiserSettings(1e-2, OptimiserSettings.Schedule.CONSTANT, 0, 1, 0.9, 0.95, 1e-8, 0.5, 1);
    private static final Set<Output> LOG_PROBS = Set.of(Output.LOG_PROBS);
    private static final List<TokenSequence> ROWS =
            List.of(new TokenSequence(new int[] {1, 2, 3, 4, 5, 6}, 2), new TokenSequence(new int[] {7, 3, 9}, 1));

    @TempDir
    private Path directory;

    private ObjectNode json =
            new LlamaShape(11, 16, 2, 4, 2, 4, 12, 32, RotaryEmbedding.of(10_000), 1e-5, false, List.of()).toJson();
    private ModelConfig config = ModelConfig.of(new WithDynamicTanh(), json);
    private WeightLayout layout = WeightLayout.of(config, Head.LANGUAGE_MODEL);

    /** Llama without norms. */
    record WithDynamicTanh() implements Family {
        @Override
        public String modelType() {
            return "llama-with-dynamic-tanh";
        }

        @Override
        public String languageModel() {
            return "NoneInTransformers";
        }

        @Override
        public String scorer() {
            return "NoneInTransformers";
        }

        @Override
        public ModelConfig read(ConfigKeys keys) {
            // The one line.
            return Llama.with(new DynamicTanh(keys.size("hidden_size")), this, keys);
        }
    }

    @BeforeEach
    void draw() {
        NativeScope.prepareThread(1);
        ModelInitialiser.random(json, config, new Seed(1), directory);
    }

    @Test
    void itsWeightsAreLaidOutAndDrawnByTheirRoles() {
        try (Parameters parameters = Parameters.open(layout, directory, new Seed(1))) {
            assertThat(layout.weights())
                    .filteredOn(weight -> weight.role() == Role.BIAS)
                    .extracting(WeightLayout.Weight::name)
                    .containsExactly(
                            "model.layers.0.input_layernorm.bias",
                            "model.layers.0.post_attention_layernorm.bias",
                            "model.layers.1.input_layernorm.bias",
                            "model.layers.1.post_attention_layernorm.bias",
                            "model.norm.bias");
            for (int i = 0; i < layout.leaves().size(); i++) {
                float first = parameters.leaves().get(i).toFloatArray()[0];
                switch (layout.leaves().get(i).role()) {
                    case NORM -> assertThat(first).isEqualTo(1);
                    case BIAS -> assertThat(first).isZero();
                    case MATRIX, SCORE -> assertThat(first).isNotZero();
                }
            }
        }
    }

    @Test
    void itLearnsAndIsServed() {
        Parameters parameters = Parameters.open(layout, directory, new Seed(1));
        try (Decoder decoder = new Decoder(config, Head.LANGUAGE_MODEL, parameters);
                AdamW optimiser = AdamW.of(OPTIMISER, 10, parameters)) {
            double before = likelihood(decoder);
            for (int step = 0; step < 20; step++) {
                learn(decoder, optimiser);
            }
            assertThat(likelihood(decoder)).isGreaterThan(before + 5);
            assertServed(decoder);
        }
    }

    @Test
    void whatDecaysIsWhatItsRoleSays() {
        try (Parameters parameters = Parameters.open(layout, directory, new Seed(1));
                AdamW optimiser = AdamW.of(OPTIMISER, 10, parameters);
                NDManager scope = NativeScope.open()) {
            NDList nothing = new NDList();
            parameters.leaves().forEach(leaf -> nothing.add(scope.zeros(leaf.getShape())));
            List<Float> before = firsts(parameters);
            optimiser.step(nothing, 0);
            List<Float> after = firsts(parameters);
            for (int i = 0; i < before.size(); i++) {
                boolean decays = layout.leaves().get(i).role().decays();
                assertThat(after.get(i))
                        .isEqualTo(decays ? before.get(i) * (1 - 0.01f * 0.5f) : before.get(i), within(1e-8f));
            }
        }
    }

    private static List<Float> firsts(Parameters parameters) {
        return parameters.leaves().stream().map(leaf -> leaf.toFloatArray()[0]).toList();
    }

    private static void learn(Decoder decoder, AdamW optimiser) {
        try (NDManager scope = NativeScope.open()) {
            Decoder.Pass pass = decoder.forward(scope, ROWS, 1, LOG_PROBS, true);
            float[][] up = {{-1, -1, -1, -1}, {-1, -1}};
            float[][] none = {};
            try (BatchGradient gradient = decoder.gradient()) {
                gradient.begin(new int[] {1});
                pass.gradients(
                        gradient,
                        new BatchGradient.Share(0, 0),
                        new TokenGradients(0, up, none, none, Map.of(), Map.of()));
                optimiser.step(gradient.leaves(), optimiser.norm(gradient.leaves()));
            }
        }
    }

    private static double likelihood(Decoder decoder) {
        double sum = 0;
        for (float[] row : logProbs(decoder)) {
            for (float logProb : row) {
                sum += logProb;
            }
        }
        return sum;
    }

    private static float[][] logProbs(Decoder decoder) {
        try (NDManager scope = NativeScope.open()) {
            return decoder.forward(scope, ROWS, 1, LOG_PROBS, false).outputs().logProbs();
        }
    }

    /** What a server says of each next token, step after step, is what the learner says. */
    private void assertServed(Decoder decoder) {
        float[] learned = logProbs(decoder)[0];
        decoder.parameters().write(directory.resolve("model.safetensors"), dev.rlhf.learner.files.NumberFormat.F32);
        try (CachedDecoder server = new CachedDecoder(config, Parameters.open(layout, directory, new Seed(1)))) {
            int[] tokens = ROWS.get(0).tokens();
            List<Prefix> prefixes = server.read(List.of(new int[] {tokens[0], tokens[1]}));
            List<CachedSequence> sequences = List.of(server.open(prefixes.get(0), 8));
            server.fill();
            assertThat(logProb(prefixes.get(0).logits(), tokens[2])).isCloseTo(learned[0], within(1e-4));
            for (int at = 2; at < tokens.length - 1; at++) {
                try (Logits logits = server.step(sequences, new int[] {tokens[at]}, new int[] {at})) {
                    assertThat(logProb(logits, tokens[at + 1])).isCloseTo(learned[at - 1], within(1e-4));
                }
            }
            prefixes.forEach(Prefix::close);
        }
    }

    private static double logProb(Logits logits, int token) {
        return logits.logProbs(new int[] {token})[0];
    }
}
