package dev.rlhf.learner.decoder;

import static dev.rlhf.learner.decoder.CachedDecoder.ROW_MULTIPLE;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.Precision;
import dev.rlhf.core.update.TokenGradients;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.learner.engine.Backend;
import dev.rlhf.learner.engine.ScriptModule;
import java.util.Set;

/**
 * Log-prob of the chosen token and entropy, from logits {@code z = cap(h·Wᵀ) / temperature}, chunk after chunk of rows.
 *
 * <p>With p = softmax(z), l = log p and H = −Σ p·l: {@code ∂l_y/∂z = onehot(y) − p} and {@code ∂H/∂z = −p·(l + H)}; a cap c bends by
 * {@code 1 − tanh²(h·Wᵀ / c)}. Entropies are computed where they are wanted.
 *
 * <p>{@code l_y = z_y − max z + log(max p / Σ p)} in double precision, where Σ p is 1 but for what a float32 softmax loses where it adds
 * up a large vocabulary: that, and the last rounding of a log-prob of −12, are what a server that says the same would show as a gap.
 *
 * <p>Of bfloat16 rows, products are bfloat16 as transformers has them; logits and all that is made of them are float32, and rounded once on
 * the way back, before they meet the matrix. Rows are completed to what a product has, so that those of a few rows have a server's bits.
 *
 * <p>All chunks use the same room: a matrix of a chunk's rows by the vocabulary, one more for entropies and one for a cap. Rows that are one
 * chunk leave their shares there for the way back; else each chunk's are computed again, a third more arithmetic. A row is by itself, and the
 * matrix' derivatives are sums over rows: where rows are cut matters by rounding alone.
 *
 * @param chunkBytes most bytes of one such matrix, whatever is wanted, so that looking at entropies changes no bit; four rows always fit
 */
record LanguageModelHead(ScriptModule module, SoftCap cap, long chunkBytes) implements OutputHead {
    private static final String PLAIN = """
              def fill(self: __torch__.Ops, hidden: Tensor, matrix: Tensor, room: List[Tensor]) -> NoneType:
                z = torch.mm(hidden, torch.t(matrix), out=room[0])
                return None
            """;
    private static final String ROUNDED = """
              def fill(self: __torch__.Ops, hidden: Tensor, matrix: Tensor, room: List[Tensor]) -> NoneType:
                z = torch.copy_(room[0], torch.mm((self).factor(hidden, ), torch.t((self).factor(matrix, ))))
                return None
            """;
    private static final String CAPPED = """
              def fill(self: __torch__.Ops, hidden: Tensor, matrix: Tensor, room: List[Tensor]) -> NoneType:
                u = PRODUCT
                z = torch.mul_(torch.copy_(room[0], CURVE), LIMIT)
                return None
            """;
    private static final String STRAIGHT = """
              def bend(self: __torch__.Ops, z: Tensor, room: List[Tensor]) -> NoneType:
                return None
            """;
    private static final String BENT = """
              def bend(self: __torch__.Ops, z: Tensor, room: List[Tensor]) -> NoneType:
                d = torch.tanh_backward(z, room[-1], grad_input=z)
                return None
            """;
    private static final String PRODUCTS = """
              def products(self: __torch__.Ops, z: Tensor, hidden: Tensor, matrix: Tensor, sharpness: float, slopes: Tensor, sum: Tensor, beta: float) -> NoneType:
                m0 = torch.mul_(torch.mm(z, matrix, out=slopes), sharpness)
                a0 = torch.addmm_(sum, torch.t(z), torch.mul(hidden, sharpness), beta=beta)
                return None
            """;
    private static final String ROUNDED_PRODUCTS = """
              def products(self: __torch__.Ops, z: Tensor, hidden: Tensor, matrix: Tensor, sharpness: float, slopes: Tensor, sum: Tensor, beta: float) -> NoneType:
                by = (self).rounded(torch.mul_(z, sharpness), )
                m0 = torch.copy_(slopes, torch.mm((self).factor(by, ), (self).factor(matrix, )))
                if torch.eq(beta, 0.):
                  z0 = torch.zero_(sum)
                a0 = (self).grow(sum, torch.t(by), hidden, )
                return None
            """;
    private static final String SOURCE = """
              def reserve(self: __torch__.Ops, hidden: Tensor, rows: int, columns: int, matrices: int) -> List[Tensor]:
                like = (self).widened(torch.slice(hidden, 0, 0, 0), )
                room = annotate(List[Tensor], [])
                for i in range(matrices):
                  r0 = torch.append(room, torch.new_empty(like, [rows, columns]))
                return room
              def part(self: __torch__.Ops, room: List[Tensor], rows: int) -> List[Tensor]:
                parts = annotate(List[Tensor], [])
                for i in range(torch.len(room)):
                  p0 = torch.append(parts, torch.slice(room[i], 0, 0, rows))
                return parts
              def sharpen(self: __torch__.Ops, z: Tensor, sharpness: float) -> NoneType:
                if torch.ne(sharpness, 1.):
                  z0 = torch.mul_(z, sharpness)
                return None
              def share(self: __torch__.Ops, room: List[Tensor]) -> NoneType:
                p = torch._softmax(room[0], -1, False, out=room[0])
                return None
              def spread(self: __torch__.Ops, room: List[Tensor], entropies: Tensor) -> NoneType:
                logs = torch.log_(torch.clamp_min(room[0], 1.0e-38, out=room[1]))
                h = torch.neg_(torch.sum(torch.mul_(logs, room[0]), [-1], True, out=entropies))
                return None
              def complete(self: __torch__.Ops, rows: Tensor) -> Tensor:
                more = torch.remainder(torch.neg(torch.size(rows, 0)), $multiple)
                if torch.gt(more, 0):
                  whole = torch.constant_pad_nd(rows, [0, 0, 0, more], 0)
                else:
                  whole = rows
                return whole
              def read(self: __torch__.Ops, hidden: Tensor, matrix: Tensor, targets: Tensor, room: List[Tensor], sharpness: float, spreads: bool) -> List[Tensor]:
                n = torch.size(hidden, 0)
                rows = torch.size(room[0], 0)
                log_probs = torch.new_empty(room[0], [n, 1])
                entropies = torch.new_empty(room[0], [n, 1])
                for first in range(0, n, rows):
                  end = torch.add(first, rows)
                  h = torch.slice(hidden, 0, first, end)
                  here = (self).part(room, torch.size(h, 0), )
                  f0 = (self).fill(h, matrix, here, )
                  f1 = (self).sharpen(here[0], sharpness, )
                  chosen = torch.to(torch.gather(here[0], 1, torch.slice(targets, 0, first, end)), 7)
                  most = torch.amax(here[0], [-1], True)
                  p0 = (self).share(here, )
                  whole = torch.to(torch.sum(here[0], [-1], True), 7)
                  peak = torch.log_(torch.div_(torch.to(torch.amax(here[0], [-1], True), 7), whole))
                  l0 = torch.copy_(torch.slice(log_probs, 0, first, end), torch.add_(torch.sub_(chosen, most), peak))
                  if spreads:
                    s0 = (self).spread(here, torch.slice(entropies, 0, first, end), )
                return [log_probs, entropies]
              def slope(self: __torch__.Ops, room: List[Tensor], g: Tensor) -> Tensor:
                return torch.mul_(room[0], torch.neg(g))
              def slope_with_entropy(self: __torch__.Ops, room: List[Tensor], g: Tensor, e: Tensor, entropies: Tensor) -> Tensor:
                slope = torch.mul_(room[0], torch.addcmul(g, e, entropies))
                return torch.neg_(torch.addcmul_(slope, room[1], e))
              def back(self: __torch__.Ops, g: Tensor, e: List[Tensor], entropies: Tensor, targets: Tensor, hidden: Tensor, matrix: Tensor, room: List[Tensor], sharpness: float, sum: Tensor, before: float, count: int) -> Tensor:
                n = torch.size(hidden, 0)
                rows = torch.size(room[0], 0)
                slopes = torch.empty_like(hidden)
                beta = before
                for first in range(0, n, rows):
                  end = torch.add(first, rows)
                  h = torch.slice(hidden, 0, first, end)
                  here = (self).part(room, torch.size(h, 0), )
                  if torch.gt(n, rows):
                    f0 = (self).fill(h, matrix, here, )
                    f1 = (self).sharpen(here[0], sharpness, )
                    p0 = (self).share(here, )
                  by = torch.slice(g, 0, first, end)
                  if torch.eq(torch.len(e), 0):
                    z = (self).slope(here, by, )
                  else:
                    if torch.gt(n, rows):
                      s0 = (self).spread(here, torch.slice(entropies, 0, first, end), )
                    z = (self).slope_with_entropy(here, by, torch.slice(e[0], 0, first, end), torch.slice(entropies, 0, first, end), )
                  c0 = torch.scatter_add_(z, 1, torch.slice(targets, 0, first, end), by)
                  b0 = (self).bend(z, here, )
                  m0 = (self).products(z, h, matrix, sharpness, torch.slice(slopes, 0, first, end), sum, beta, )
                  beta = 1.
                if torch.__and__(torch.eq(n, 0), torch.eq(before, 0.)):
                  z0 = torch.zero_(sum)
                return torch.slice(slopes, 0, 0, count)
            """;

    private static final float[][] NONE = {};

    /** The head of a cap and of a network in such numbers, compiled; sizes as in the record. */
    static LanguageModelHead of(SoftCap cap, Precision precision, Backend backend, long chunkBytes) {
        return new LanguageModelHead(
                ScriptModule.compile(NumberMethods.of(precision, backend)
                        + there(cap, precision)
                        + back(cap, precision)
                        + SOURCE.replace("$multiple", "" + ROW_MULTIPLE)),
                cap,
                chunkBytes);
    }

    private static String there(SoftCap cap, Precision precision) {
        boolean rounds = precision == Precision.BFLOAT16;
        if (cap.limit().isEmpty()) {
            return rounds ? ROUNDED : PLAIN;
        }
        String product = "torch.mm((self).factor(hidden, ), torch.t((self).factor(matrix, ))";
        return CAPPED.replace(
                        "PRODUCT", rounds ? "torch.copy_(room[-1], " + product + "))" : product + ", out=room[-1])")
                .replace("CURVE", cap.curve("u"))
                .replace("LIMIT", Double.toString(cap.limit().getAsDouble()));
    }

    private static String back(SoftCap cap, Precision precision) {
        return (cap.limit().isEmpty() ? STRAIGHT : BENT)
                + (precision == Precision.BFLOAT16 ? ROUNDED_PRODUCTS : PRODUCTS);
    }

    @Override
    public Reading read(
            NDManager scope, NDArray states, NDArray matrix, RowLayout rows, double temperature, Set<Output> wanted) {
        double sharpness = 1.0 / temperature;
        boolean spreads = wanted.contains(Output.ENTROPIES);
        NDArray hidden = complete(scope, states);
        NDArray targets = complete(scope, rows.targets(scope));
        NDList room = reserve(scope, hidden, matrix, spreads);
        NDList read = module.callForList(scope, "read", hidden, matrix, targets, room, sharpness, spreads);
        TokenOutputs outputs = TokenOutputs.ofPolicy(
                wanted.contains(Output.LOG_PROBS) ? rows.ragged(read.get(0).toFloatArray()) : NONE,
                spreads ? rows.ragged(read.get(1).toFloatArray()) : NONE);
        return new Reading() {
            @Override
            public TokenOutputs outputs() {
                return outputs;
            }

            @Override
            public NDArray gradients(TokenGradients gradients, NDArray sum, boolean onto) {
                NDArray g = complete(scope, rows.column(scope, gradients.logProbs()));
                NDList e = ofEntropies(scope, rows, gradients);
                NDArray slopes = module.call(
                        scope,
                        "back",
                        g,
                        e,
                        read.get(1),
                        targets,
                        hidden,
                        matrix,
                        room,
                        sharpness,
                        sum,
                        onto ? 1.0 : 0.0,
                        (int) states.getShape().get(0));
                room.close();
                return slopes;
            }
        };
    }

    private NDList ofEntropies(NDManager scope, RowLayout rows, TokenGradients gradients) {
        return gradients.entropies().length == 0
                ? new NDList()
                : new NDList(complete(scope, rows.column(scope, gradients.entropies())));
    }

    /** With rows of zeros, that no result is asked of, to a multiple of four. */
    private NDArray complete(NDManager scope, NDArray rows) {
        return module.call(scope, "complete", rows);
    }

    /** Uninitialised matrices for the rows of a chunk: logits, then shares; p·l where entropies are wanted; the curve of a cap. */
    private NDList reserve(NDManager scope, NDArray hidden, NDArray matrix, boolean spreads) {
        long vocabulary = matrix.getShape().get(0);
        int matrices = 1 + (spreads ? 1 : 0) + (cap.limit().isPresent() ? 1 : 0);
        long rows = rowsOfChunk(hidden.getShape().get(0), vocabulary);
        return module.callForList(scope, "reserve", hidden, rows, vocabulary, matrices);
    }

    /** As few chunks as may be, of about as many rows each; at least what a product has. */
    private long rowsOfChunk(long count, long vocabulary) {
        long most = Math.max(1, chunkBytes / (vocabulary * Float.BYTES));
        int chunks = (int) Math.max(1, (count + most - 1) / most);
        return Math.max(ROW_MULTIPLE, CachedDecoder.roundUp((int) ((count + chunks - 1) / chunks), ROW_MULTIPLE));
    }

    @Override
    public void close() {
        module.close();
    }
}
