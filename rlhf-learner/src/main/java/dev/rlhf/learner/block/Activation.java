package dev.rlhf.learner.block;

import java.util.Optional;

/** A function of each number, as the statements of a block write it. */
public sealed interface Activation permits Gelu.Form, Activation.Silu {
    /** Methods that {@link #of} calls, whole. */
    String methods();

    /** An expression for the function of {@code x}, a new tensor. */
    String of(String x);

    /** An expression for {@code g} times the derivative at {@code x}, written into {@code into}. */
    String backward(String g, String x, String into);

    /** What transformers means by an activation's name; empty when that is another function. */
    static Optional<Activation> named(String name) {
        return switch (name) {
            case "silu", "swish" -> Optional.of(new Silu());
            default -> Gelu.Form.named(name).map(Activation.class::cast);
        };
    }

    /** A sigmoid linear unit: {@code x·σ(x)} (Hendrycks &amp; Gimpel, arXiv 1606.08415). */
    record Silu() implements Activation {
        @Override
        public String methods() {
            return "";
        }

        @Override
        public String of(String x) {
            return "torch.silu(" + x + ")";
        }

        @Override
        public String backward(String g, String x, String into) {
            return "torch.silu_backward(" + g + ", " + x + ", grad_input=" + into + ")";
        }
    }
}
