package dev.rlhf.learner.decoder;

import dev.rlhf.learner.block.Template;
import dev.rlhf.learner.model.Architecture;
import dev.rlhf.learner.model.Architecture.Layer;
import dev.rlhf.learner.model.ModelConfig;
import dev.rlhf.learner.model.Residual;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * TorchScript text of a decoder that keeps keys and values of earlier tokens.
 *
 * <p>What a row gives never depends on the rows beside it: the number of rows of a matrix product is a multiple of four (the
 * caller pads), and blocks see to the rest. Shapes: M rows, N prompts of S padded positions, L longest sequence,
 * in whole pages.
 *
 * <p>A step of a small model costs what its operators cost to call, so it calls few: weights come in the form that blocks want for a step,
 * and the residual stream has one column more, for norms.
 */
final class CachedSource {
    private static final String METHODS = """
              def prefill(self: __torch__.Ops, w: List[Tensor], tokens: Tensor, cos: Tensor, sin: Tensor, span: Tensor, matrix: Tensor, last: Tensor) -> List[Tensor]:
                n = torch.size(tokens, 0)
                s = torch.size(tokens, 1)
                c = torch.repeat(torch.slice(cos, 0, 0, s), [n, 1, 1])
                d = torch.repeat(torch.slice(sin, 0, 0, s), [n, 1, 1])
                places = torch.slice(span, 0, 0, s)
                unseen = torch.repeat(torch.gt(torch.unsqueeze(places, 0), torch.unsqueeze(places, 1)), [$group, 1])
                read = annotate(List[Tensor], [])
            %s    r0 = torch.append(read, torch.linear(hidden, matrix))
                return read
              def prepare(self: __torch__.Ops, w: List[Tensor], cos: Tensor, sin: Tensor) -> List[Tensor]:
                return [torch.stack([cos, cos], 2), torch.stack([torch.neg(sin), sin], 2), %s]
              def step(self: __torch__.Ops, p: List[Tensor], cache: List[Tensor], tokens: Tensor, positions: Tensor, places: Tensor, span: Tensor, matrix: Tensor, length: int) -> Tensor:
                c = torch.index_select(p[0], 0, positions)
                d = torch.index_select(p[1], 0, positions)
                unseen = torch.gt(torch.slice(span, 0, 0, length), torch.unsqueeze(torch.repeat_interleave(positions, $keys), 1))
                mask = torch.unsqueeze(torch.mul(unseen, -1.0e+30), 1)
            %s    return torch.linear(hidden, matrix)
            """;

    private final ModelConfig config;
    private final Architecture architecture;
    private final List<Cell> cells;
    private final BlockMethods methods = new BlockMethods();

    private CachedSource(ModelConfig config) {
        this.config = config;
        this.architecture = config.architecture();
        this.cells = Cell.of(architecture);
    }

    /** The text for a shape. */
    static String of(ModelConfig config) {
        CachedSource source = new CachedSource(config);
        String passes = Template.fill(
                        METHODS,
                        Map.of(
                                "group",
                                config.attentionHeads() / config.keyValueHeads(),
                                "keys",
                                config.keyValueHeads()))
                .formatted(source.prefill(), source.prepared(), source.step());
        return config.rotary().tables(config.headSize())
                + source.methods.text()
                + KeyValueCache.methods(config)
                + passes;
    }

    private String prefill() {
        Iterator<Cell> next = cells.iterator();
        List<String> lines = new ArrayList<>();
        lines.add("x = " + methods.prefill(next.next(), "tokens"));
        for (Layer layer : architecture.layers()) {
            for (Residual residual : layer.residuals()) {
                lines.add("h = " + methods.prefill(next.next(), "x"));
                residual.inner().forEach(inner -> lines.add("h = " + methods.prefill(next.next(), "h")));
                lines.add("x = torch.add_(" + methods.prefill(next.next(), "h") + ", x)");
            }
        }
        lines.add("chosen = torch.index_select(x, 0, last)");
        lines.add("hidden = " + methods.prefill(next.next(), "chosen"));
        return String.join("\n", lines).indent(4);
    }

    private String prepared() {
        return cells.stream()
                .flatMap(cell -> BlockMethods.prepared(cell).stream())
                .collect(Collectors.joining(", "));
    }

    private String step() {
        Iterator<Cell> next = cells.iterator();
        List<String> lines = new ArrayList<>();
        String embedded = methods.step(next.next(), "tokens", 0);
        lines.add("wide = torch.constant_pad_nd(" + embedded + ", [0, 1], " + architecture.column() + ")");
        lines.add("x = torch.slice(wide, 1, 0, " + config.hiddenSize() + ")");
        for (int l = 0; l < architecture.layers().size(); l++) {
            int layer = l;
            for (Residual residual : architecture.layers().get(l).residuals()) {
                lines.add("h = " + methods.step(next.next(), "x", layer));
                residual.inner().forEach(inner -> lines.add("h = " + methods.step(next.next(), "h", layer)));
                lines.add("x0 = torch.add_(x, " + methods.step(next.next(), "h", layer) + ")");
            }
        }
        lines.add("hidden = " + methods.step(next.next(), "x", 0));
        return String.join("\n", lines).indent(4);
    }
}
