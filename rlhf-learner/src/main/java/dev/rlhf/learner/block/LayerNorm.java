package dev.rlhf.learner.block;

import java.util.List;
import java.util.Map;

/**
 * Rows brought to mean 0 and deviation 1: {@code y = w·(x − mean)/√(variance + ε) + b} (Ba et al., arXiv 1607.06450).
 *
 * @param width numbers a row, D
 * @param epsilon added to the variance, above 0
 */
public record LayerNorm(int width, double epsilon) implements Norm {
    @Override
    public List<Parameter> parameters() {
        return List.of(
                Parameter.vector("weight", Role.NORM, width, "w"), Parameter.vector("bias", Role.BIAS, width, "w"));
    }

    @Override
    public List<String> kept() {
        return List.of("unit", "inverse");
    }

    @Override
    public String forward() {
        return filled("""
                centred = torch.sub(x, torch.mean(x, [-1], True))
                length = torch.linalg_vector_norm(centred, 2, [-1], True)
                inverse = torch.rsqrt(torch.add(torch.div(torch.mul(length, length), $width.), $epsilon))
                unit = torch.mul_(centred, inverse)
                y = torch.add_(torch.mul(unit, weight), bias)
                """);
    }

    @Override
    public String backward() {
        return """
                d_weight = torch.sum(torch.mul(g, unit), [0])
                d_bias = torch.sum(g, [0])
                slope = torch.mul(g, weight)
                along = torch.mean(torch.mul(slope, unit), [-1], True)
                level = torch.sub(slope, torch.mean(slope, [-1], True))
                dx = torch.addcmul_(stream, torch.addcmul_(level, unit, along, value=-1), inverse)
                """;
    }

    @Override
    public String prefill() {
        return step();
    }

    @Override
    public String step() {
        return filled("""
                y = torch.layer_norm(x, [$width], weight, bias, $epsilon)
                """);
    }

    private String filled(String text) {
        return Template.fill(text, Map.of("width", width, "epsilon", epsilon));
    }
}
