package dev.rlhf.learner.block;

import java.util.List;
import java.util.Map;

/**
 * A vector of each position added to the row that stands there: {@code y = x + W[position]} (Vaswani et al., arXiv 1706.03762).
 *
 * @param count positions that have one
 * @param width numbers a row, D
 */
public record LearnedPositions(int count, int width) implements Block {
    @Override
    public List<Parameter> parameters() {
        return List.of(Parameter.matrix("weight", width, List.of(new Parameter.Part("weight", count)), "w"));
    }

    @Override
    public List<String> kept() {
        return List.of();
    }

    @Override
    public String forward() {
        return """
                y = torch.add(x, torch.embedding(weight, positions))
                """;
    }

    @Override
    public String backward() {
        return Template.fill("""
                w0 = (self).scatter(d_weight, positions, (self).widened(g, ), )
                dx = g
                """, Map.of("count", count));
    }

    @Override
    public String step() {
        return forward();
    }
}
