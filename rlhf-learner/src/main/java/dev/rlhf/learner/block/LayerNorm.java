package dev.rlhf.learner.block;

import java.util.List;
import java.util.Map;

/**
 * Rows brought to mean 0 and deviation 1: {@code y = w·(x − mean)/√(variance + ε) + b} (Ba et al., arXiv 1607.06450).
 *
 * <p>All its ways compute the same bits.
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
        return List.of("x", "mean", "inverse");
    }

    @Override
    public String forward() {
        return filled("""
                rows, mean, inverse = torch.native_layer_norm((self).widened(x, ), [$width], (self).widened(weight, ), (self).widened(bias, ), $epsilon)
                y = (self).rounded(rows, )
                """);
    }

    @Override
    public String backward() {
        return filled("""
                all = [True, True, True]
                own, slope, level = torch.native_layer_norm_backward((self).widened(g, ), (self).widened(x, ), [$width], mean, inverse, (self).widened(weight, ), (self).widened(bias, ), all)
                w0 = torch.add_(d_weight, slope)
                b0 = torch.add_(d_bias, level)
                dx = torch.add_(stream, own)
                """);
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
