package dev.rlhf.learner.block;

import java.util.List;
import java.util.Map;

/**
 * Rows times a number: {@code y = c·x}.
 *
 * @param factor c
 */
public record Scale(double factor) implements Block {
    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public List<String> kept() {
        return List.of();
    }

    @Override
    public String forward() {
        return Template.fill("""
                y = torch.mul(x, $factor)
                """, Map.of("factor", factor));
    }

    @Override
    public String backward() {
        return Template.fill("""
                dx = torch.mul(g, $factor)
                """, Map.of("factor", factor));
    }

    @Override
    public String step() {
        return forward();
    }
}
