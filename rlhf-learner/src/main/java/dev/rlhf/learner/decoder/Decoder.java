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
import dev.rlhf.learner.engine.NativeScope;
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
    private final LearningSource.Source source;
    private final PaddingToken padding;
    private final boolean recompute;
    private final ScriptModule module;
    private final OutputHead output;
    private final NDManager scope;
    private final NDList tables;
    private final int window;

    Decoder(ModelConfig config, Head head, Parameters parameters) {
        this(config, head, parameters, PaddingToken.NONE, false);
    }

    private Decoder(ModelConfig config, Head head, Parameters parameters, PaddingToken padding, boolean recompute) {
        this.padding = padding;
        this.recompute = recompute;
        this.config = config;
        this.head = head;
        this.parameters = parameters;
        this.weights = byLayer(parameters);
        this.source = LearningSource.of(config, parameters.precision());
        this.module = ScriptModule.compile(source.text());
        this.output = head == Head.LANGUAGE_MODEL
                ? OutputHead.languageModel(SoftCap.of(config), parameters.precision())
                : OutputHead.scalar(parameters.precision());
        this.scope = NativeScope.open();
        int positions = config.architecture().tableLength(config.contextLength());
        this.tables = module.callForList(scope, "tables", scope.arange(0, positions, 1, DataType.FLOAT32));
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
        Parameters parameters = Parameters.open(layout, settings.precision(), directory, settings.seed());
        return new Decoder(config, settings.head(), parameters, padding, settings.recompute());
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
        Pass pass = new Pass(owner, RowLayout.of(read, head, window));
        NDArray hidden = pass.there(gradient);
        pass.reading = output.read(owner, hidden, headMatrix(), pass.layout, temperature, wanted);
        return pass;
    }

    /** Logits that predict each response token of rows [B], without gradient: [P, V], row after row. */
    public NDArray logits(NDManager owner, List<TokenSequence> rows) {
        Pass pass = new Pass(owner, RowLayout.of(rows, head, window));
        return module.call(owner, "logits", pass.there(false), headMatrix());
    }

    /** Room for the gradient of a batch. */
    public BatchGradient gradient() {
        return new BatchGradient(module, parameters.layout());
    }

    private NDArray headMatrix() {
        return parameters.leaves().get(parameters.layout().head());
    }

    /** What the network said of some rows, and the derivatives of the weights. */
    public final class Pass {
        private final NDManager owner;
        private final RowLayout layout;
        private final Object[] given;
        private final NDArray tokens;
        private final NDArray picked;
        /** What each stage keeps for the way back; or what went into it, where it is computed once more. */
        private final List<ScriptModule.Held> kept = new ArrayList<>();

        private final List<NDArray> inputs = new ArrayList<>();
        private OutputHead.Reading reading;

        private Pass(NDManager owner, RowLayout layout) {
            this.owner = owner;
            this.layout = layout;
            this.tokens = layout.tokens(owner);
            this.picked = layout.picked(owner);
            NDArray positions = layout.positions(owner);
            NDList turned = module.callForList(owner, "turned", tables, positions);
            this.given = new Object[] {turned, positions, layout.spans(), layout.shared()};
        }

        private NDArray there(boolean records) {
            NDArray x = tokens;
            int end = source.stages().size() - 1;
            for (int stage = 0; stage <= end; stage++) {
                NDArray from = stage == end ? module.call(owner, "pick", x, picked) : x;
                NDArray to = stage(stage, from, records);
                boolean needed = records && recompute;
                if (x != tokens && (from != x || !needed)) {
                    x.close();
                }
                if (from != x && !needed) {
                    from.close();
                }
                x = to;
            }
            return x;
        }

        private NDArray stage(int stage, NDArray x, boolean records) {
            String name = source.stages().get(stage);
            if (records && recompute) {
                inputs.add(x);
            }
            if (!records || recompute) {
                return module.call(owner, name + "_decode", arguments(weights(stage), x));
            }
            ScriptModule.Recorded recorded = module.record(owner, name + "_record", arguments(weights(stage), x));
            kept.add(recorded.held());
            return recorded.tensor();
        }

        private Object[] arguments(Object... own) {
            Object[] all = new Object[own.length + given.length];
            System.arraycopy(own, 0, all, 0, own.length);
            System.arraycopy(given, 0, all, own.length, given.length);
            return all;
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
            int end = source.stages().size() - 1;
            boolean tied = parameters.layout().head() == 0;
            NDArray[] g = new NDArray[1];
            if (tied) {
                sum.add(0, share, 2, 0, d -> g[0] = reading.gradients(coefficients, d.get(0), true));
            }
            for (int stage = end; stage >= 0; stage--) {
                int layer = stage;
                boolean second = tied && layer == 0;
                sum.add(layer, share, second ? 2 : 1, second ? 1 : 0, d -> {
                    if (layer == end && !tied) {
                        g[0] = reading.gradients(coefficients, d.get(d.size() - 1), true);
                    }
                    g[0] = back(layer, d, g[0]);
                });
                if (stage == end) {
                    g[0] = module.call(owner, "unpick", g[0], picked, layout.size());
                }
            }
        }

        /** What a stage keeps, computed once more. */
        private ScriptModule.Held again(int stage) {
            String method = source.stages().get(stage) + "_record";
            try (NDArray x = inputs.get(stage)) {
                ScriptModule.Recorded recorded = module.record(owner, method, arguments(weights(stage), x));
                recorded.tensor().close();
                return recorded.held();
            }
        }

        private NDArray back(int stage, NDList d, NDArray g) {
            String method = source.stages().get(stage) + "_back";
            try (ScriptModule.Held held = recompute ? again(stage) : kept.get(stage)) {
                return module.call(owner, method, arguments(weights(stage), d, held, g));
            } finally {
                g.close();
            }
        }
    }

    private NDList weights(int stage) {
        return weights.get(stage);
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
