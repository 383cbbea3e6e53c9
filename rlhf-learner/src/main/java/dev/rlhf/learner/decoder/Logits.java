package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.ScriptModule;
import java.util.Arrays;

/**
 * Logits of the tokens that may come next, row after row, in native memory: what is drawn of them leaves it, they do not.
 *
 * <p>A token is drawn by the inverse of the distribution function, in the order of ids, in double precision: token i where {@code Σ_{j<i} p_j
 * ≤ u·Σ p_j < Σ_{j≤i} p_j} for p = softmax(z / temperature) and u in [0, 1). What a row gives has the same bits whatever rows are beside it.
 */
public final class Logits implements AutoCloseable {
    /** TorchScript of what is asked of them; tokens and their probabilities come side by side. */
    static final String METHODS = """
              def draw(self: __torch__.Ops, logits: Tensor, asked: Tensor) -> Tensor:
                rows, temperatures, points = torch.unbind(asked)
                z = torch.to(torch.index_select(logits, 0, torch.to(torch.flatten(rows), 4)), 7)
                shares = torch.softmax(torch.div_(z, temperatures), -1)
                sums = torch.cumsum(shares, -1)
                above = torch.mul(points, torch.slice(sums, 1, -1))
                tokens = torch.clamp_max(torch.searchsorted(sums, above, right=True), torch.sub(torch.size(logits, 1), 1))
                return torch.cat([tokens, torch.gather(shares, 1, tokens)], 1)
              def likeliest(self: __torch__.Ops, logits: Tensor, rows: Tensor) -> Tensor:
                z = torch.index_select(logits, 0, rows)
                tokens = torch.argmax(z, 1, True)
                return torch.cat([tokens, torch.gather(torch.softmax(torch.to(z, 7), -1), 1, tokens)], 1)
              def logs(self: __torch__.Ops, logits: Tensor, rows: Tensor, tokens: Tensor) -> Tensor:
                z = torch.to(torch.index_select(logits, 0, rows), 7)
                return torch.gather(torch.log_softmax(z, -1), 1, tokens)
            """;

    /** Most numbers of rows that are worked on together: they stay in a cache, and little is held beside large vocabularies. */
    static final int MOST = 1 << 20;

    private final NDManager owner;
    private final ScriptModule module;
    private final NDArray rows;

    /**
     * Of rows [·, V].
     *
     * @param owner closed with this
     * @param module has {@link #METHODS}
     */
    Logits(NDManager owner, ScriptModule module, NDArray rows) {
        this.owner = owner;
        this.module = module;
        this.rows = rows;
    }

    /**
     * Tokens that were chosen.
     *
     * @param tokens their ids, [N]
     * @param logProbs their log-probs over the whole vocabulary, [N]; NaN where a row has NaN or +∞, or −∞ alone
     */
    public record Chosen(int[] tokens, double[] logProbs) {}

    /** What is asked of a part of the rows. */
    private interface Part {
        NDArray of(int from, int to);
    }

    /**
     * Draws tokens; log-probs are those at the same temperature.
     *
     * @param of the row that each is drawn of, [N]; several may be drawn of one
     * @param temperatures above 0, [N]
     * @param points uniform in [0, 1), [N]
     */
    public Chosen draw(int[] of, double[] temperatures, double[] points) {
        return chosen(of.length, (from, to) -> {
            int count = to - from;
            double[] asked = new double[3 * count];
            for (int i = 0; i < count; i++) {
                asked[i] = of[from + i];
            }
            System.arraycopy(temperatures, from, asked, count, count);
            System.arraycopy(points, from, asked, 2 * count, count);
            return module.call(owner, "draw", rows, owner.create(asked, new Shape(3, count, 1)));
        });
    }

    /** The most likely token of each of these rows [N], the lower id of equals; log-probs are those at temperature 1. */
    public Chosen likeliest(int[] of) {
        return chosen(of.length, (from, to) -> module.call(owner, "likeliest", rows, longs(of, from, to)));
    }

    /** Log-probs at temperature 1 of the tokens that follow the first rows, one a row, [N]. */
    public double[] logProbs(int[] tokens) {
        int[] of = new int[tokens.length];
        Arrays.setAll(of, row -> row);
        return numbers(
                tokens.length,
                1,
                (from, to) -> module.call(
                        owner,
                        "logs",
                        rows,
                        longs(of, from, to),
                        longs(tokens, from, to).reshape(-1, 1)));
    }

    /** A row as it is, [V]. */
    public float[] row(int row) {
        try (NDManager scope = NativeScope.open()) {
            NDArray one = rows.get(scope, row);
            return one.toFloatArray();
        }
    }

    private Chosen chosen(int count, Part part) {
        double[] pairs = numbers(count, 2, part);
        int[] tokens = new int[count];
        double[] logProbs = new double[count];
        for (int i = 0; i < count; i++) {
            tokens[i] = (int) pairs[2 * i];
            logProbs[i] = Math.log(pairs[2 * i + 1]);
        }
        return new Chosen(tokens, logProbs);
    }

    private double[] numbers(int count, int width, Part part) {
        double[] numbers = new double[count * width];
        int most = (int) Math.max(1, MOST / rows.getShape().get(1));
        for (int from = 0; from < count; from += most) {
            double[] found = part.of(from, Math.min(count, from + most)).toDoubleArray();
            System.arraycopy(found, 0, numbers, from * width, found.length);
        }
        return numbers;
    }

    private NDArray longs(int[] all, int from, int to) {
        return owner.create(CachedDecoder.longs(Arrays.copyOfRange(all, from, to), to - from));
    }

    @Override
    public void close() {
        owner.close();
    }
}
