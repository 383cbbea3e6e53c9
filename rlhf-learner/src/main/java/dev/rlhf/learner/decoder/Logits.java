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
 * <p>A token is drawn by the inverse of the distribution function, in the order of ids: token i where {@code Σ_{j<i} p_j
 * ≤ u·Σ p_j < Σ_{j≤i} p_j} for p = softmax(z / temperature), added up in double precision, and u in [0, 1). Log-probs are a learner's to the bit. What a row gives has the same bits whatever rows are beside it.
 */
public final class Logits implements AutoCloseable {
    /**
     * TorchScript of what is asked of them: tokens, the logit of each, the highest logit, the sum of all shares and the largest, side by
     * side, each as float32, in which ids below 2²⁴ are exact.
     */
    static final String METHODS = """
              def told(self: __torch__.Ops, z: Tensor, shares: Tensor, tokens: Tensor) -> Tensor:
                sum = torch.sum(shares, [-1], True)
                return torch.cat([torch.to(tokens, 6), torch.gather(z, 1, tokens), torch.amax(z, [-1], True), sum, torch.amax(shares, [-1], True)], 1)
              def draw_each(self: __torch__.Ops, z: Tensor, points: Tensor) -> Tensor:
                shares = torch._softmax(z, -1, False)
                sums = torch.cumsum(shares, -1, dtype=7)
                above = torch.mul(points, torch.slice(sums, 1, -1))
                tokens = torch.clamp_max(torch.searchsorted(sums, above, right=True), torch.sub(torch.size(z, 1), 1))
                return (self).told(z, shares, tokens, )
              def draw(self: __torch__.Ops, logits: Tensor, rows: Tensor, asked: Tensor) -> Tensor:
                sharpness, points = torch.unbind(asked)
                z = torch.mul_(torch.index_select(logits, 0, rows), torch.to(sharpness, 6))
                return (self).draw_each(z, points, )
              def likeliest(self: __torch__.Ops, logits: Tensor, rows: Tensor) -> Tensor:
                z = torch.index_select(logits, 0, rows)
                tokens = torch.argmax(z, 1, True)
                return (self).told(z, torch._softmax(z, -1, False), tokens, )
              def logs(self: __torch__.Ops, logits: Tensor, rows: Tensor, tokens: Tensor) -> Tensor:
                z = torch.index_select(logits, 0, rows)
                return (self).told(z, torch._softmax(z, -1, False), tokens, )
            """;

    /** Most numbers of rows that are worked on together: they stay in a cache, and little is held beside large vocabularies. */
    static final int MOST = 1 << 20;

    /** Rows that are worked on at least: two threads would share the sum of a single one. */
    private static final int FEWEST = 2;

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
        if (each(of) && Arrays.stream(temperatures).allMatch(temperature -> temperature == 1)) {
            NDArray given = owner.create(Arrays.copyOf(points, rows()), new Shape(rows(), 1));
            return chosen(of.length, (from, to) -> module.call(owner, "draw_each", rows, given));
        }
        return chosen(of.length, (from, to) -> {
            int count = Math.max(FEWEST, to - from);
            double[] asked = new double[2 * count];
            for (int i = 0; i < to - from; i++) {
                asked[i] = 1 / temperatures[from + i];
                asked[count + i] = points[from + i];
            }
            return module.call(owner, "draw", rows, longs(of, from, to), owner.create(asked, new Shape(2, count, 1)));
        });
    }

    /** Whether these are the first rows in their order, and all rows may be worked on together, as a step's are. */
    private boolean each(int[] of) {
        boolean inOrder = of.length <= rows() && rows() >= FEWEST && rows() <= most();
        for (int i = 0; inOrder && i < of.length; i++) {
            inOrder = of[i] == i;
        }
        return inOrder;
    }

    private int rows() {
        return (int) rows.getShape().get(0);
    }

    /** Rows that are worked on together. */
    private int most() {
        return (int) Math.max(1, MOST / rows.getShape().get(1));
    }

    /** The most likely token of each of these rows [N], the lower id of equals; log-probs are those at temperature 1. */
    public Chosen likeliest(int[] of) {
        return chosen(of.length, (from, to) -> module.call(owner, "likeliest", rows, longs(of, from, to)));
    }

    /** Log-probs at temperature 1 of the tokens that follow the first rows, one a row, [N]. */
    public double[] logProbs(int[] tokens) {
        int[] of = new int[tokens.length];
        Arrays.setAll(of, row -> row);
        return chosen(
                        tokens.length,
                        (from, to) -> module.call(
                                owner,
                                "logs",
                                rows,
                                longs(of, from, to),
                                longs(tokens, from, to).reshape(-1, 1)))
                .logProbs();
    }

    /** A row as it is, [V]. */
    public float[] row(int row) {
        try (NDManager scope = NativeScope.open()) {
            NDArray one = rows.get(scope, row);
            return one.toFloatArray();
        }
    }

    private Chosen chosen(int count, Part part) {
        int[] tokens = new int[count];
        double[] logProbs = new double[count];
        int most = most();
        for (int from = 0; from < count; from += most) {
            float[] told = part.of(from, Math.min(count, from + most)).toFloatArray();
            for (int i = 0; i < Math.min(most, count - from); i++) {
                tokens[from + i] = (int) told[5 * i];
                // A logarithm is Java's, for libtorch's has other last bits in other company.
                double share = Math.log((double) told[5 * i + 4] / told[5 * i + 3]);
                logProbs[from + i] = (double) told[5 * i + 1] - told[5 * i + 2] + share;
            }
        }
        return new Chosen(tokens, logProbs);
    }

    private NDArray longs(int[] all, int from, int to) {
        return owner.create(CachedDecoder.longs(Arrays.copyOfRange(all, from, to), Math.max(FEWEST, to - from)));
    }

    @Override
    public void close() {
        owner.close();
    }
}
