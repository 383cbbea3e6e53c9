package dev.rlhf.learner.block;

import java.util.List;
import java.util.Map;

/**
 * Rows divided by their root mean square, anywhere: {@code y = w·x/√(mean(x²) + ε)} (Zhang &amp; Sennrich, arXiv 1910.07467).
 *
 * <p>{@link RmsNorm} is that of the residual stream; this one gives a derivative of its own, and may end a residual, as where OLMo-2 and
 * Gemma bring to one length what is added to the stream. All its ways compute the same bits.
 *
 * @param width numbers a row, D
 * @param epsilon added to the mean square, above 0
 * @param gain how its weights are meant
 */
public record InnerRmsNorm(int width, double epsilon, Gain gain) implements Block {
    /** Rows along the last axis of x, and their derivatives, into tensors that are there already. */
    static final String METHODS = """
              def unit_rows(self: __torch__.Ops, x: Tensor, gain: Tensor, epsilon: float, into: Tensor) -> Tensor:
                length = torch.linalg_vector_norm((self).widened(x, ), 2, [-1], True)
                inverse = torch.rsqrt(torch.add(torch.div(torch.mul(length, length), torch.size(x, -1)), epsilon))
                y0 = torch.mul_(torch.mul(x, inverse, out=(self).room(into, )), gain)
                s0 = (self).settle(into, y0, )
                return inverse
              def unit_rows_back(self: __torch__.Ops, g: Tensor, x: Tensor, inverse: Tensor, gain: Tensor, into: Tensor) -> Tensor:
                unit = torch.mul(x, inverse)
                along = torch.mul(g, unit)
                d_gain = torch.sum(torch.flatten(along, 0, -2), [0])
                share = torch.div(torch.sum(torch.mul_(along, gain), [-1], True), torch.size(x, -1))
                slope = torch.addcmul_(torch.mul(g, gain), unit, share, value=-1)
                x0 = torch.mul(slope, inverse, out=into)
                return d_gain
            """;

    @Override
    public List<Parameter> parameters() {
        return List.of(Parameter.vector("weight", gain.role(), width, gain.of("w")));
    }

    @Override
    public List<String> kept() {
        return List.of("x", "inverse");
    }

    @Override
    public String methods() {
        return METHODS;
    }

    @Override
    public String forward() {
        return there(gain.widened("weight"));
    }

    @Override
    public String backward() {
        return """
                dx = torch.empty_like(x)
                weight0 = torch.add_(d_weight, (self).unit_rows_back(g, x, inverse, GAIN, dx, ))
                """.replace("GAIN", gain.widened("weight"));
    }

    @Override
    public String step() {
        return there("weight");
    }

    private String there(String by) {
        return Template.fill("""
                y = torch.empty_like(x)
                inverse = (self).unit_rows(x, GAIN, $epsilon, y, )
                """, Map.of("epsilon", epsilon)).replace("GAIN", by);
    }
}
