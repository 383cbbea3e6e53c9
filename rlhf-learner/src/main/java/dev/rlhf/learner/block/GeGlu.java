package dev.rlhf.learner.block;

import java.util.List;

/**
 * The gate of a feed-forward block: {@code y = gelu(a)·b} of x = [a, b] (Shazeer, arXiv 2002.05202). All its ways compute the same bits.
 *
 * @param form how gelu is found
 */
public record GeGlu(Gelu.Form form) implements Block {
    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public List<String> kept() {
        return List.of("x", "bent");
    }

    @Override
    public String methods() {
        return form.method();
    }

    @Override
    public String forward() {
        return """
                gate, up = torch.chunk(x, 2, -1)
                bent = GELU
                y = torch.mul(bent, up)
                """.replace("GELU", form.of("gate"));
    }

    @Override
    public String backward() {
        return """
                gate, up = torch.chunk(x, 2, -1)
                dx = torch.empty_like(x)
                d_gate, d_up = torch.chunk(dx, 2, -1)
                u0 = torch.mul(g, bent, out=d_up)
                g0 = torch.gelu_backward(torch.mul_(g, up), gate, FORM, grad_input=d_gate)
                """.replace("FORM", form.argument());
    }

    @Override
    public String prefill() {
        return step();
    }

    @Override
    public String step() {
        return """
                gate, up = torch.chunk(x, 2, -1)
                y = torch.mul_(GELU, up)
                """.replace("GELU", form.of("gate"));
    }
}
