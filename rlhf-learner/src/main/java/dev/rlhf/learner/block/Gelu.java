package dev.rlhf.learner.block;

import java.util.List;
import java.util.Optional;

/**
 * A Gaussian error linear unit: {@code y = x·Φ(x)} (Hendrycks &amp; Gimpel, arXiv 1606.08415).
 *
 * @param form how Φ is found
 */
public record Gelu(Form form) implements Block {
    /** Two ways to find the share of a normal distribution that lies below x. */
    public enum Form {
        /** By the error function: {@code (1 + erf(x/√2))/2}. */
        EXACT("none"),

        /** By the hyperbolic tangent: {@code (1 + tanh(√(2/π)·(x + 0.044715·x³)))/2}. */
        TANH("tanh");

        private final String approximation;

        Form(String approximation) {
            this.approximation = approximation;
        }

        /** The argument of torch's operators. */
        String argument() {
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
    public String forward() {
        return """
                y = torch.gelu(x, FORM)
                """.replace("FORM", form.argument());
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
