package dev.rlhf.learner.block;

import java.util.List;

/**
 * A product with a matrix that lies the other way, [inputs, outputs], as in GPT-2: {@code y = x·W + b}.
 *
 * @param inputs rows of the matrix
 * @param outputs columns of the matrix
 * @param name what stands before {@code .weight} and {@code .bias} in the checkpoint
 */
public record TransposedLinear(int inputs, int outputs, String name) implements Block {
    @Override
    public List<Parameter> parameters() {
        return List.of(
                Parameter.matrix("weight", outputs, List.of(new Parameter.Part(name + ".weight", inputs)), "w"),
                new Parameter("bias", Role.BIAS, 0, List.of(new Parameter.Part(name + ".bias", outputs)), "w"));
    }

    @Override
    public List<String> kept() {
        return List.of("x");
    }

    @Override
    public String forward() {
        return """
                y = (self).rounded(torch.addmm((self).factor(bias, ), (self).factor(x, ), (self).factor(weight, )), )
                """;
    }

    @Override
    public String backward() {
        return """
                w0 = (self).grow(d_weight, torch.t(x), g, )
                bias0 = torch.add_(d_bias, torch.sum(g, [0]))
                dx = (self).rounded(torch.mm((self).factor(g, ), torch.t((self).factor(weight, ))), )
                """;
    }

    @Override
    public String step() {
        return forward();
    }
}
