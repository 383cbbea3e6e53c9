package dev.rlhf.learner.block;

import java.util.List;

/**
 * Rows of a matrix by token id.
 *
 * @param vocabulary rows, V
 * @param width columns, D
 */
public record TokenEmbedding(int vocabulary, int width) implements Block {
    @Override
    public List<Parameter> parameters() {
        return List.of(Parameter.matrix("weight", width, List.of(new Parameter.Part("weight", vocabulary)), "w"));
    }

    @Override
    public List<String> kept() {
        return List.of("x");
    }

    @Override
    public String forward() {
        return """
                y = torch.embedding(weight, x)
                """;
    }

    @Override
    public String backward() {
        return """
                w0 = (self).scatter(d_weight, x, (self).widened(g, ), )
                """;
    }

    @Override
    public String step() {
        return """
                y = torch.embedding(weight, x)
                """;
    }
}
