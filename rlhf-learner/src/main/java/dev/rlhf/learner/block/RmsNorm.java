package dev.rlhf.learner.block;

import java.util.List;
import java.util.Map;

/**
 * Rows divided by their root mean square: {@code y = w·x/√(mean(x²) + ε)} (Zhang &amp; Sennrich, arXiv 1910.07467).
 *
 * <p>This one stands on the residual stream; {@link InnerRmsNorm} stands anywhere. A server's step looks at the stream with a column more, √(D·ε): the length of that row is √D times the root mean square.
 *
 * @param width numbers a row, D
 * @param epsilon added to the mean square, above 0
 * @param gain how its weights are meant
 */
public record RmsNorm(int width, double epsilon, Gain gain) implements Norm {
    /** Of the usual gain. */
    public RmsNorm(int width, double epsilon) {
        this(width, epsilon, Gain.PLAIN);
    }

    @Override
    public List<Parameter> parameters() {
        String ready = "torch.mul(%s, %s)".formatted(gain.of("w"), Math.sqrt(width));
        return List.of(Parameter.vector("weight", gain.role(), width, ready));
    }

    @Override
    public double column() {
        return Math.sqrt(width * epsilon);
    }

    @Override
    public List<String> kept() {
        return List.of("x", "inverse");
    }

    @Override
    public String forward() {
        return filled("""
                length = torch.linalg_vector_norm((self).widened(x, ), 2, [-1], True)
                inverse = torch.rsqrt(torch.add(torch.div(torch.mul(length, length), $width.), $epsilon))
                y = (self).rounded(torch.mul_(torch.mul(x, inverse), GAIN), )
                """);
    }

    @Override
    public String backward() {
        return filled("""
                unit = torch.mul(x, inverse)
                along = torch.mul(g, unit)
                weight0 = torch.add_(d_weight, torch.sum(along, [0]))
                share = torch.unsqueeze(torch.div(torch.mv(along, GAIN), $width.), 1)
                slope = torch.addcmul_(torch.mul_((self).widened(g, ), GAIN), unit, share, value=-1)
                dx = torch.addcmul_(stream, slope, inverse)
                """);
    }

    @Override
    public String asServed() {
        return filled("""
                length = torch.linalg_vector_norm(torch.constant_pad_nd(x, [0, 1], $column), 2, [-1], True)
                inverse = torch.mul_(torch.reciprocal(length), $root)
                y = torch.mul_(torch.div(x, length), torch.mul(GAIN, $root))
                """);
    }

    @Override
    public String prefill() {
        return asServed();
    }

    @Override
    public String step() {
        return """
                y = torch.mul_(torch.div(x, torch.linalg_vector_norm(wide, 2, [-1], True)), weight)
                """;
    }

    private String filled(String text) {
        Map<String, Number> numbers =
                Map.of("width", width, "epsilon", epsilon, "column", column(), "root", Math.sqrt(width));
        return Template.fill(text, numbers).replace("GAIN", gain.widened("weight"));
    }
}
