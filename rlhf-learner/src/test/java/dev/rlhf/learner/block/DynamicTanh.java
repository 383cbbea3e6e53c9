package dev.rlhf.learner.block;

import java.util.List;

/**
 * In place of a norm: {@code y = w·tanh(α·x) + b} (Zhu et al., arXiv 2503.10622).
 *
 * <p>What docs/adding-a-model.md shows: a block is this one file; a family that wants it says so in one line.
 *
 * @param width numbers a row, D
 */
public record DynamicTanh(int width) implements Norm {
    @Override
    public List<Parameter> parameters() {
        return List.of(
                Parameter.vector("weight", Role.NORM, width, "w"),
                Parameter.vector("bias", Role.BIAS, width, "w"),
                Parameter.vector("alpha", Role.NORM, 1, "w"));
    }

    @Override
    public List<String> kept() {
        return List.of("x", "bent");
    }

    @Override
    public String forward() {
        return """
                bent = torch.tanh(torch.mul(x, alpha))
                y = torch.addcmul(bias, bent, weight)
                """;
    }

    @Override
    public String backward() {
        return """
                weight0 = torch.add_(d_weight, torch.sum(torch.mul(g, bent), [0]))
                bias0 = torch.add_(d_bias, torch.sum(g, [0]))
                slope = torch.tanh_backward(torch.mul_(g, weight), bent)
                alpha0 = torch.add_(d_alpha, torch.reshape(torch.sum(torch.mul(slope, x)), [1]))
                dx = torch.addcmul_(stream, slope, alpha)
                """;
    }

    @Override
    public String step() {
        return forward();
    }
}
