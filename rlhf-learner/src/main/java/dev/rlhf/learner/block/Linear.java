package dev.rlhf.learner.block;

import java.util.List;

/**
 * A product with a matrix: {@code y = x·Wᵀ}.
 *
 * @param inputs columns of the matrix
 * @param parts the matrices of the checkpoint, which are multiplied with in one go
 */
public record Linear(int inputs, List<Parameter.Part> parts) implements Block {
    /** Copies the parts. */
    public Linear {
        parts = List.copyOf(parts);
    }

    /** The product with one matrix. */
    public static Linear of(int inputs, String name, int outputs) {
        return new Linear(inputs, List.of(new Parameter.Part(name, outputs)));
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(Parameter.matrix("weight", inputs, parts, "torch.t(w)"));
    }

    @Override
    public List<String> kept() {
        return List.of("x");
    }

    @Override
    public String forward() {
        return """
                y = torch.linear(x, weight)
                """;
    }

    @Override
    public String backward() {
        return """
                w0 = torch.addmm_(d_weight, torch.t(g), x)
                dx = torch.mm(g, weight)
                """;
    }

    @Override
    public String step() {
        return """
                y = torch.mm(x, weight)
                """;
    }
}
