package dev.rlhf.learner.block;

import java.util.List;
import java.util.Map;

/**
 * The gate of a feed-forward block: {@code y = silu(a)·b} of x = [a, b] (Shazeer, arXiv 2002.05202).
 *
 * @param inner numbers a row that come out; twice as many go in
 */
public record SwiGlu(int inner) implements Block {
    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public List<String> kept() {
        return List.of("x", "bent");
    }

    @Override
    public String forward() {
        return """
                gate, up = torch.chunk(x, 2, -1)
                bent = torch.silu(gate)
                y = torch.mul(bent, up)
                """;
    }

    @Override
    public String backward() {
        return """
                gate, up = torch.chunk(x, 2, -1)
                dx = torch.empty_like(x)
                d_gate, d_up = torch.chunk(dx, 2, -1)
                u0 = torch.mul(g, bent, out=d_up)
                g0 = torch.silu_backward(torch.mul_(g, up), gate, grad_input=d_gate)
                """;
    }

    @Override
    public String prefill() {
        return """
                gate, up = torch.chunk(x, 2, -1)
                y = torch.mul_(torch.silu(gate), up)
                """;
    }

    @Override
    public String step() {
        return Template.fill("""
                y = torch.mul_(torch.silu(torch.slice(x, 1, 0, $inner)), torch.slice(x, 1, $inner))
                """, Map.of("inner", inner));
    }
}
