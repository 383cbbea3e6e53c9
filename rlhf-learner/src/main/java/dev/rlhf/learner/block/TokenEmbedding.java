package dev.rlhf.learner.block;

import java.util.List;
import java.util.Map;

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
                y = torch.embedding(weight, torch.view(x, [-1]))
                """;
    }

    @Override
    public String backward() {
        return Template.fill("""
                d_weight = torch.embedding_dense_backward(g, torch.view(x, [-1]), $vocabulary, -1, False)
                """, Map.of("vocabulary", vocabulary));
    }

    @Override
    public String step() {
        return """
                y = torch.embedding(weight, x)
                """;
    }
}
