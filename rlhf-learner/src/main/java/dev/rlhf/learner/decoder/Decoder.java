package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.TokenGradients;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.learner.engine.Backend;
import dev.rlhf.learner.engine.ScriptModule;
import dev.rlhf.learner.model.ModelConfig;
import dev.rlhf.learner.model.PaddingToken;
import dev.rlhf.learner.model.Parameters;
import dev.rlhf.learner.model.WeightLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A decoder with a head: weights, code and rotary tables. */
public final class Decoder implements AutoCloseable {
    private final ModelConfig config;
    private final Head head;
    private final Parameters parameters;
    private final List<NDList> weights;
    private final StagePass.Code code;
    private final PaddingToken padding;
    private final boolean recompute;
    private final OutputHead output;
    private final NDManager scope;
    private final NDList tables;
    private final int window;

    Decoder(ModelConfig config, Head head, Parameters parameters) {
        this(config, head, parameters, PaddingToken.NONE, false, false);
    }

    private Decoder(
            ModelConfig config,
            Head head,
            Parameters parameters,
            PaddingToken padding,
            boolean recompute,
            boolean asServed) {
        this.padding = padding;
        this.recompute = recompute;
        this.config = config;
        this.head = head;
        this.parameters = parameters;
        this.weights = byLayer(parameters);
        LearningSource.Source source = LearningSource.of(config, parameters, asServed);
        this.code = new StagePass.Code(ScriptModule.compile(source.text()), source.stages());
        this.output = head == Head.LANGUAGE_MODEL
                ? OutputHead.languageModel(SoftCap.of(config), parameters.precision(), parameters.backend())
                : OutputHead.scalar(parameters.precision(), parameters.backend());
        this.scope = open();
        int positions = config.architecture().tableLength(config.contextLength());
        this.tables = code.module().callForList(scope, "tables", scope.arange(0, positions, 1, DataType.FLOAT32));
        this.window = config.architecture().windows().stream()
                .filter(one -> one > 0)
                .mapToInt(Integer::intValue)
                .min()
                .orElse(0);
    }

    /**
     * Opens the decoder of a model directory.
     *
     * @throws dev.rlhf.core.base.RlhfException USER naming the file when one is missing, damaged or of another shape
     */
    public static Decoder open(NetworkSettings settings) {
        Path directory = Path.of(settings.modelDirectory());
        ModelConfig config = ModelConfig.read(directory);
        WeightLayout layout = WeightLayout.of(config, settings.head());
        PaddingToken padding = PaddingToken.of(directory);
        Parameters parameters = Parameters.open(
                layout, settings.precision(), Backend.of(settings.device()), directory, settings.seed());
        return new Decoder(config, settings.head(), parameters, padding, settings.recompute(), settings.asServed());
    }

    /** The leaves of each flat layer. */
    static List<NDList> byLayer(Parameters parameters) {
        List<NDList> layers = new ArrayList<>();
        int next = 0;
        for (WeightLayout.FlatLayer layer : parameters.layout().layers()) {
            int end = next + layer.leaves().size();
            layers.add(new NDList(parameters.leaves().subList(next, end)));
            next = end;
        }
        return layers;
    }

    /** A new scope for passes, child of no other; close it to free every tensor it owns. */
    public NDManager open() {
        return parameters.backend().open();
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
        List<TokenSequence> read = head == Head.REWARD ? padding.cut(rows) : rows;
        RowLayout layout = RowLayout.of(read, head, window);
        StagePass stages = new StagePass(code, weights, tables, owner, layout, recompute);
        NDArray hidden = stages.there(gradient);
        return new Pass(stages, layout, output.read(owner, hidden, headMatrix(), layout, temperature, wanted));
    }

    /** Logits that predict each response token of rows [B], without gradient: [P, V], row after row. */
    public NDArray logits(NDManager owner, List<TokenSequence> rows) {
        RowLayout layout = RowLayout.of(rows, head, window);
        StagePass stages = new StagePass(code, weights, tables, owner, layout, false);
        return code.module().call(owner, "logits", stages.there(false), headMatrix());
    }

    /** Room for the gradient of a batch. */
    public BatchGradient gradient() {
        return new BatchGradient(code.module(), parameters);
    }

    private NDArray headMatrix() {
        return parameters.leaves().get(parameters.layout().head());
    }

    /** What the network said of some rows, and the derivatives of the weights. */
    public final class Pass {
        private final StagePass stages;
        private final RowLayout layout;
        private final OutputHead.Reading reading;

        private Pass(StagePass stages, RowLayout layout, OutputHead.Reading reading) {
            this.stages = stages;
            this.layout = layout;
            this.reading = reading;
        }

        /** The outputs by row. */
        public TokenOutputs outputs() {
            return reading.outputs();
        }

        /** Positions that were computed. */
        public int positions() {
            return layout.size();
        }

        /**
         * Adds the derivatives of {@code Σ coefficient·output} by each leaf to a batch's; asked at most once.
         *
         * @param share which share of the batch these rows are
         */
        public void gradients(BatchGradient sum, BatchGradient.Share share, TokenGradients coefficients) {
            boolean tied = parameters.layout().head() == 0;
            stages.back(sum, share, tied, matrix -> reading.gradients(coefficients, matrix, true));
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
        code.module().close();
        output.close();
        scope.close();
        parameters.close();
    }
}
