package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.TokenGradients;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.ScriptModule;
import dev.rlhf.learner.model.ModelConfig;
import dev.rlhf.learner.model.PaddingToken;
import dev.rlhf.learner.model.Parameters;
import dev.rlhf.learner.model.WeightLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** A decoder with a head: weights, code and rotary tables. */
public final class Decoder implements AutoCloseable {
    private final ModelConfig config;
    private final Head head;
    private final Parameters parameters;
    private final PaddingToken padding;
    private final ScriptModule module;
    private final OutputHead output;
    private final NDManager scope;
    private final NDList rotary;

    Decoder(ModelConfig config, Head head, Parameters parameters) {
        this(config, head, parameters, PaddingToken.NONE);
    }

    private Decoder(ModelConfig config, Head head, Parameters parameters, PaddingToken padding) {
        this.padding = padding;
        this.config = config;
        this.head = head;
        this.parameters = parameters;
        this.module = ScriptModule.compile(LearningSource.of(config));
        this.output = head == Head.LANGUAGE_MODEL ? OutputHead.languageModel() : OutputHead.scalar();
        this.scope = NativeScope.open();
        int positions = Math.max(config.contextLength(), config.headSize() / 2);
        NDArray steps = scope.arange(0, positions, 1, DataType.FLOAT32);
        this.rotary = module.callForList(scope, "tables", steps);
    }

    /**
     * Opens the decoder of a model directory.
     *
     * @throws RlhfException USER naming the file when one is missing, damaged or of another shape
     */
    public static Decoder open(Path modelDirectory, Head head, Seed headSeed) {
        ModelConfig config = ModelConfig.read(modelDirectory);
        WeightLayout layout = WeightLayout.of(config, head);
        PaddingToken padding = PaddingToken.of(modelDirectory);
        return new Decoder(config, head, Parameters.open(layout, modelDirectory, headSeed), padding);
    }

    /**
     * One forward pass over rows [B].
     *
     * @param owner scope of everything the pass allocates
     * @param temperature logits are divided by it; value and reward heads ignore it
     * @param wanted outputs that are asked for; the rest is not computed
     * @param gradient whether {@link Pass#gradients} will be asked
     */
    public Pass forward(
            NDManager owner, List<TokenSequence> rows, double temperature, Set<Output> wanted, boolean gradient) {
        PaddedRows padded = PaddedRows.of(head == Head.REWARD ? padding.cut(rows) : rows, head);
        NDArray tokens = padded.tokens(owner);
        NDArray picked = padded.picked(owner);
        Object[] arguments = {parameters.leaves(), tokens, picked, rotary.get(0), rotary.get(1)};
        NDList kept = gradient
                ? module.callForList(owner, "record", arguments)
                : new NDList(module.call(owner, "decode", arguments));
        NDArray hidden = kept.get(kept.size() - 1);
        OutputHead.Reading reading = output.read(owner, hidden, headMatrix(), padded, temperature, wanted);
        return new Pass(tokens, picked, kept, reading);
    }

    /** Logits that predict each response token of rows [B], without gradient: [N, V], row after row. */
    public NDArray logits(NDManager owner, List<TokenSequence> rows) {
        PaddedRows padded = PaddedRows.of(rows, head);
        NDArray tokens = padded.tokens(owner);
        NDArray picked = padded.picked(owner);
        return module.call(
                owner, "logits", parameters.leaves(), tokens, picked, rotary.get(0), rotary.get(1), headMatrix());
    }

    /** Whether the head's matrix is the embedding. */
    private boolean tied() {
        return parameters.layout().head() == 0;
    }

    private NDArray headMatrix() {
        return parameters.leaves().get(parameters.layout().head());
    }

    /** What the network said of some rows, and the derivatives of the weights. */
    public final class Pass {
        private final NDArray tokens;
        private final NDArray picked;
        private final NDList kept;
        private final OutputHead.Reading reading;

        private Pass(NDArray tokens, NDArray picked, NDList kept, OutputHead.Reading reading) {
            this.tokens = tokens;
            this.picked = picked;
            this.kept = kept;
            this.reading = reading;
        }

        /** The outputs by row. */
        public TokenOutputs outputs() {
            return reading.outputs();
        }

        /**
         * Derivatives of {@code Σ coefficient·output} by each leaf; asked at most once.
         *
         * @param keeper scope that owns the result
         */
        public NDList gradients(NDManager keeper, TokenGradients coefficients) {
            NDList top = reading.gradients(coefficients);
            NDArray cos = rotary.get(0);
            NDArray sin = rotary.get(1);
            NDList gradients = module.callForList(
                    keeper, "gradients", parameters.leaves(), kept, top.get(0), tokens, picked, cos, sin);
            if (tied()) {
                module.perform("plus", gradients.get(0), top.get(1));
            } else {
                top.get(1).attach(keeper);
                gradients.add(top.get(1));
            }
            return gradients;
        }
    }

    /** The model's shape. */
    public ModelConfig config() {
        return config;
    }

    /** What sits on top. */
    public Head head() {
        return head;
    }

    /** The weights. */
    public Parameters parameters() {
        return parameters;
    }

    @Override
    public void close() {
        module.close();
        output.close();
        scope.close();
        parameters.close();
    }
}
