package dev.rlhf.learner.block;

import java.util.Optional;

/** A function of each number, as the statements of a block write it. */
public sealed interface Activation permits Gelu.Form, Activation.Silu {
    /** Methods that {@link #of} and {@link #served} call, whole. */
    String methods();

    /** An expression for the function of {@code x}, a new tensor. */
    String of(String x);

    /** The same of rows of {@code width} numbers; what a row gives has the same bits whatever rows are beside it. */
    default String served(String x, int width) {
        return of(x);
    }

    /** An expression for {@code g} times the derivative at {@code x}, written into {@code into}. */
    String backward(String g, String x, String into);

    /** What transformers means by an activation's name; empty when that is another function. */
    static Optional<Activation> named(String name) {
        return switch (name) {
            case "silu", "swish" -> Optional.of(new Silu());
            default -> Gelu.Form.named(name).map(Activation.class::cast);
        };
    }

    /**
     * A sigmoid linear unit: {@code x·σ(x)} (Hendrycks &amp; Gimpel, arXiv 1606.08415).
     *
     * <p>torch's silu gives the last numbers of a run of memory other bits than those before them. Runs end where rows do, but also where
     * threads divide the work between them, and three or more do so in the middle of rows. A server hands it no more rows at a time than
     * one thread takes alone.
     */
    record Silu() implements Activation {
        /** Numbers from which on torch divides an operator between threads (at::internal::GRAIN_SIZE). */
        private static final int DIVIDED = 32_768;

        private static final String METHODS = """
              def silu_of_rows(self: __torch__.Ops, gate: Tensor, most: int) -> Tensor:
                rows = torch.size(gate, 0)
                if torch.le(rows, most):
                  bent = torch.silu(gate)
                else:
                  bent = torch.new_empty(gate, [rows, torch.size(gate, 1)])
                  for i in range(torch.floordiv(torch.sub(torch.add(rows, most), 1), most)):
                    first = torch.mul(i, most)
                    end = torch.add(first, most)
                    s0 = torch.silu(torch.slice(gate, 0, first, end), out=torch.slice(bent, 0, first, end))
                return bent
            """;

        @Override
        public String methods() {
            return METHODS;
        }

        @Override
        public String of(String x) {
            return "torch.silu(" + x + ")";
        }

        @Override
        public String served(String x, int width) {
            return "(self).silu_of_rows(" + x + ", " + Math.max(1, (DIVIDED - 1) / width) + ", )";
        }

        @Override
        public String backward(String g, String x, String into) {
            return "torch.silu_backward(" + g + ", " + x + ", grad_input=" + into + ")";
        }
    }
}
