package dev.rlhf.learner.block;

import java.util.List;
import java.util.Optional;

/**
 * A Gaussian error linear unit: {@code y = x·Φ(x)} (Hendrycks &amp; Gimpel, arXiv 1606.08415).
 *
 * <p>There it is made of plain operators, since torch's own computes the last numbers of a run of memory otherwise than those before them,
 * so that bits would depend on where a row lies. All its ways compute the same bits.
 *
 * @param form how Φ is found
 */
public record Gelu(Form form) implements Block {
    /** Two ways to find the share of a normal distribution that lies below x. */
    public enum Form implements Activation {
        /** By the error function: {@code (1 + erf(x/√2))/2}. */
        EXACT("none", """
                  def gelu_none(self: __torch__.Ops, x0: Tensor) -> Tensor:
                    x = (self).widened(x0, )
                    share = torch.add_(torch.erf_(torch.mul(x, %s)), 1.)
                    return (self).rounded(torch.mul_(torch.mul_(share, x), 0.5), )
                """.formatted(Math.sqrt(0.5))),

        /** By the hyperbolic tangent: {@code (1 + tanh(√(2/π)·(x + 0.044715·x³)))/2}. */
        TANH("tanh", """
                  def gelu_tanh(self: __torch__.Ops, x0: Tensor) -> Tensor:
                    x = (self).widened(x0, )
                    slope = torch.add_(torch.mul_(torch.mul(x, x), %s), %s)
                    share = torch.add_(torch.tanh_(torch.mul_(slope, x)), 1.)
                    return (self).rounded(torch.mul_(torch.mul_(share, x), 0.5), )
                """.formatted(0.044715 * Math.sqrt(2 / Math.PI), Math.sqrt(2 / Math.PI)));

        private final String approximation;
        private final String method;

        Form(String approximation, String method) {
            this.approximation = approximation;
            this.method = method;
        }

        @Override
        public String methods() {
            return method;
        }

        @Override
        public String of(String x) {
            return "(self).gelu_" + approximation + "(" + x + ", )";
        }

        @Override
        public String backward(String g, String x, String into) {
            return "torch.gelu_backward(" + g + ", " + x + ", " + argument() + ", grad_input=" + into + ")";
        }

        private String argument() {
            return "approximate=\"" + approximation + "\"";
        }

        /** What transformers means by an activation's name; empty when that is another function. */
        public static Optional<Form> named(String name) {
            return switch (name) {
                case "gelu", "gelu_python" -> Optional.of(EXACT);
                case "gelu_new", "gelu_fast", "gelu_accurate", "gelu_pytorch_tanh", "gelu_python_tanh" ->
                    Optional.of(TANH);
                default -> Optional.empty();
            };
        }
    }

    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public List<String> kept() {
        return List.of("x");
    }

    @Override
    public String methods() {
        return form.methods();
    }

    @Override
    public String forward() {
        return "y = " + form.of("x") + "\n";
    }

    @Override
    public String backward() {
        return """
                dx = torch.gelu_backward(g, x, FORM)
                """.replace("FORM", form.argument());
    }

    @Override
    public String step() {
        return forward();
    }
}
