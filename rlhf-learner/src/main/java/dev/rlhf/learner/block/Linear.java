package dev.rlhf.learner.block;

import java.util.List;

/**
 * A product with a matrix, and what is added to it: {@code y = x·Wᵀ + b}.
 *
 * @param inputs columns of the matrix
 * @param parts the matrices of the checkpoint, which are multiplied with in one go
 * @param biases the vectors of the checkpoint, one a matrix, in the same order; none where nothing is added
 */
public record Linear(int inputs, List<Parameter.Part> parts, List<Parameter.Part> biases) implements Block {
    /** Copies the parts. */
    public Linear {
        parts = List.copyOf(parts);
        biases = List.copyOf(biases);
    }

    /** Nothing is added. */
    public Linear(int inputs, List<Parameter.Part> parts) {
        this(inputs, parts, List.of());
    }

    /** The product with one matrix. */
    public static Linear of(int inputs, String name, int outputs) {
        return new Linear(inputs, List.of(new Parameter.Part(name, outputs)));
    }

    /** The same with a vector added: the checkpoint calls it {@code bias} where it calls the matrix {@code weight}. */
    public Linear withBias() {
        return new Linear(
                inputs,
                parts,
                parts.stream()
                        .map(part -> new Parameter.Part(part.name().replaceAll("weight$", "bias"), part.rows()))
                        .toList());
    }

    @Override
    public List<Parameter> parameters() {
        Parameter weight = Parameter.matrix("weight", inputs, parts, "torch.t(w)");
        return biases.isEmpty() ? List.of(weight) : List.of(weight, new Parameter("bias", Role.BIAS, 0, biases, "w"));
    }

    @Override
    public List<String> kept() {
        return List.of("x");
    }

    @Override
    public String forward() {
        return biases.isEmpty() ? """
                y = (self).rounded(torch.linear((self).factor(x, ), (self).factor(weight, )), )
                """ : """
                y = (self).rounded(torch.linear((self).factor(x, ), (self).factor(weight, ), (self).factor(bias, )), )
                """;
    }

    @Override
    public String backward() {
        String products = """
                w0 = (self).grow(d_weight, torch.t(g), x, )
                dx = (self).rounded(torch.mm((self).factor(g, ), (self).factor(weight, )), )
                """;
        return biases.isEmpty() ? products : products + """
                bias0 = torch.add_(d_bias, torch.sum(g, [0]))
                """;
    }

    @Override
    public String step() {
        return biases.isEmpty() ? """
                y = torch.mm(x, weight)
                """ : """
                y = torch.addmm(bias, x, weight)
                """;
    }
}
