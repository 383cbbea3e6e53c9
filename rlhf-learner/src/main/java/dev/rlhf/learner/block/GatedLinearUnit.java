package dev.rlhf.learner.block;

import java.util.List;

/**
 * The gate of a feed-forward block: {@code y = f(a)·b} of x = [a, b], SwiGLU by silu and GeGLU by gelu (Shazeer, arXiv 2002.05202).
 *
 * @param inner numbers a row that come out; twice as many go in
 * @param activation f
 */
public record GatedLinearUnit(int inner, Activation activation) implements Block {
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
        return activation.methods();
    }

    @Override
    public String forward() {
        return """
                gate, up = torch.chunk(x, 2, -1)
                bent = BENT
                y = torch.mul(bent, up)
                """.replace("BENT", activation.of("gate"));
    }

    @Override
    public String backward() {
        return """
                gate, up = torch.chunk(x, 2, -1)
                dx = torch.empty_like(x)
                d_gate, d_up = torch.chunk(dx, 2, -1)
                u0 = torch.mul(g, bent, out=d_up)
                g0 = BACKWARD
                """.replace("BACKWARD", activation.backward("torch.mul_(g, up)", "gate", "d_gate"));
    }

    @Override
    public String prefill() {
        return step();
    }

    @Override
    public String step() {
        return """
                y = torch.mul_(BENT, torch.slice(x, 1, INNER))
                """.replace("BENT", activation.served("torch.slice(x, 1, 0, INNER)", inner))
                .replace("INNER", Integer.toString(inner));
    }
}
