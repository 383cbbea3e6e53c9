package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.rlhf.learner.engine.ScriptModule;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Rows on their way through a decoder's stages (embedding, layers, end), and back.
 *
 * <p>A stage is one call into libtorch. What it keeps for the way back stays on that side; where it is computed once more, no more than
 * what went into it is kept.
 */
final class StagePass {
    private final Code code;
    private final List<NDList> weights;
    private final NDManager owner;
    private final boolean recompute;
    private final int rows;
    private final NDArray tokens;
    private final NDArray picked;
    /** What every stage is given beside its weights and its input. */
    private final Object[] given;

    private final List<ScriptModule.Held> kept = new ArrayList<>();
    private final List<NDArray> inputs = new ArrayList<>();

    /**
     * The methods of a decoder.
     *
     * @param module {@link LearningSource}'s
     * @param stages the name of each stage's methods
     */
    record Code(ScriptModule module, List<String> stages) {
        private int end() {
            return stages.size() - 1;
        }
    }

    /**
     * A pass of some rows.
     *
     * @param weights the leaves of each stage
     * @param tables cosines and sines by position
     * @param owner of all that the pass allocates
     */
    StagePass(Code code, List<NDList> weights, NDList tables, NDManager owner, RowLayout layout, boolean recompute) {
        this.code = code;
        this.weights = weights;
        this.owner = owner;
        this.recompute = recompute;
        this.rows = layout.filled();
        this.tokens = layout.tokens(owner);
        this.picked = layout.picked(owner);
        NDArray positions = layout.positions(owner);
        NDList turned = code.module().callForList(owner, "turned", tables, positions);
        this.given =
                new Object[] {turned, positions, layout.spans(), layout.shared(), layout.runs(), layout.seen(owner)};
    }

    /** What is read, [P, D]; {@code records} says whether {@link #back} will be asked. */
    NDArray there(boolean records) {
        NDArray x = tokens;
        for (int stage = 0; stage <= code.end(); stage++) {
            NDArray from = stage == code.end() ? code.module().call(owner, "pick", x, picked) : x;
            NDArray to = there(stage, from, records);
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

    private NDArray there(int stage, NDArray x, boolean records) {
        if (records && recompute) {
            inputs.add(x);
        }
        if (!records || recompute) {
            return code.module().call(owner, code.stages().get(stage) + "_decode", with(weights.get(stage), x));
        }
        ScriptModule.Recorded recorded = record(stage, x);
        kept.add(recorded.held());
        return recorded.tensor();
    }

    private ScriptModule.Recorded record(int stage, NDArray x) {
        return code.module().record(owner, code.stages().get(stage) + "_record", with(weights.get(stage), x));
    }

    private Object[] with(Object... own) {
        Object[] all = new Object[own.length + given.length];
        System.arraycopy(own, 0, all, 0, own.length);
        System.arraycopy(given, 0, all, own.length, given.length);
        return all;
    }

    /**
     * The way back, the head's first.
     *
     * @param tied whether the head reads through the embedding
     * @param head adds the derivatives of the head's matrix to the tensor that it is given, and gives those of what is read
     */
    void back(BatchGradient sum, BatchGradient.Share share, boolean tied, UnaryOperator<NDArray> head) {
        NDArray[] g = new NDArray[1];
        if (tied) {
            sum.add(0, share, 2, 0, d -> g[0] = head.apply(d.get(0)));
        }
        for (int stage = code.end(); stage >= 0; stage--) {
            int layer = stage;
            boolean second = tied && layer == 0;
            sum.add(layer, share, second ? 2 : 1, second ? 1 : 0, d -> {
                if (layer == code.end() && !tied) {
                    g[0] = head.apply(d.get(d.size() - 1));
                }
                g[0] = back(layer, d, g[0]);
            });
            if (stage == code.end()) {
                g[0] = code.module().call(owner, "unpick", g[0], picked, rows);
            }
        }
    }

    private NDArray back(int stage, NDList d, NDArray g) {
        String method = code.stages().get(stage) + "_back";
        try (ScriptModule.Held held = recompute ? again(stage) : kept.get(stage)) {
            return code.module().call(owner, method, with(weights.get(stage), d, held, g));
        } finally {
            g.close();
        }
    }

    /** What a stage keeps, computed once more. */
    private ScriptModule.Held again(int stage) {
        try (NDArray x = inputs.get(stage)) {
            ScriptModule.Recorded recorded = record(stage, x);
            recorded.tensor().close();
            return recorded.held();
        }
    }
}
