package dev.rlhf.learner.block;

import java.util.List;
import java.util.Map;

/**
 * The gate of a feed-forward block: {@code y = silu(a)·b} of x = [a, b] (Shazeer, arXiv 2002.05202).
 *
 * <p>torch's silu gives the last numbers of a run of memory other bits than those before them. Runs end where rows do, but also where
 * threads divide the work between them, and three or more do so in the middle of rows. A server hands it no more rows at a time than one
 * thread takes alone.
 *
 * @param inner numbers a row that come out; twice as many go in
 */
public record SwiGlu(int inner) implements Block {
    /** Numbers from which on torch divides an operator between threads (at::internal::GRAIN_SIZE). */
    private static final int DIVIDED = 32_768;

    private static final String METHODS = """
              def silu_of_rows(self: __torch__.Ops, gate: Tensor, most: int) -> Tensor:
                rows = torch.size(gate, 0)
                if torch.le(rows, most):
                  bent = torch.silu(gate)
                else:
                  bent = torch.new_empty(gate, [rows, torch.size(gate, 1)])
                  for i in range(torch.floordiv(torch.sub(torch.add(rows, most), 1), most)):
                    first = torch.mul(i, most)
                    end = torch.add(first, most)
                    s0 = torch.silu(torch.slice(gate, 0, first, end), out=torch.slice(bent, 0, first, end))
                return bent
            """;

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
    public String methods() {
        return METHODS;
    }

    @Override
    public String prefill() {
        return step();
    }

    @Override
    public String step() {
        return Template.fill("""
                y = torch.mul_((self).silu_of_rows(torch.slice(x, 1, 0, $inner), $most, ), torch.slice(x, 1, $inner))
                """, Map.of("inner", inner, "most", Math.max(1, (DIVIDED - 1) / inner)));
    }
}
