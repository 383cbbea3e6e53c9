package dev.rlhf.learner.decoder;

import dev.rlhf.core.update.Precision;
import dev.rlhf.learner.block.Template;
import dev.rlhf.learner.engine.Backend;
import dev.rlhf.learner.model.Architecture;
import dev.rlhf.learner.model.Architecture.Layer;
import dev.rlhf.learner.model.ModelConfig;
import dev.rlhf.learner.model.Residual;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * TorchScript text of a decoder that keeps keys and values of earlier tokens.
 *
 * <p>What a row gives never depends on the rows beside it: the number of rows of a matrix product is a multiple of four (the
 * caller pads), and blocks see to the rest. Shapes: M rows, N prompts of S padded positions, L longest sequence,
 * in whole pages.
 *
 * <p>A step of a small model costs what its operators cost to call, so it calls few: weights come in the form that blocks want for a step,
 * and the residual stream has one column more, for norms. What a step is asked comes as one tensor: the tokens of all rows, their positions,
 * and where their keys and values go.
 */
final class CachedSource {
    private static final String METHODS = """
              def prefill(self: __torch__.Ops, w: List[Tensor], tokens: Tensor, tables: List[Tensor], span: Tensor, matrix: Tensor, last: Tensor) -> List[Tensor]:
                n = torch.size(tokens, 0)
                s = torch.size(tokens, 1)
                t = annotate(List[Tensor], [])
                for i in range(torch.len(tables)):
                  t0 = torch.append(t, torch.repeat(torch.slice(tables[i], 0, 0, s), [n, 1, 1]))
                places = torch.slice(span, 0, 0, s)
                positions = torch.repeat(places, [n])
                read = annotate(List[Tensor], [])
            %s    r0 = torch.append(read, LOGITS)
                return read
              def prepare(self: __torch__.Ops, w: List[Tensor], tables: List[Tensor], span: Tensor, matrix: Tensor) -> List[Tensor]:
                return [%s, span, matrix]
              def step(self: __torch__.Ops, p: List[Tensor], cache: List[Tensor], asked: Tensor, length: int) -> Tensor:
                rows = torch.floordiv(torch.size(asked, 0), $numbers)
                tokens, positions, places = torch.split_with_sizes(asked, [rows, rows, torch.mul(rows, $places)])
                t = annotate(List[Tensor], [])
                for i in range($tables):
                  t0 = torch.append(t, torch.index_select(p[i], 0, positions))
                at = torch.unsqueeze(positions, 1)
                matrix = p[-1]
                seen = torch.slice(p[-2], 0, 0, length)
            %s%s    return LOGITS
            """;

    private final ModelConfig config;
    private final Architecture architecture;
    private final List<Cell> cells;
    private final int tables;
    private final BlockMethods methods = new BlockMethods(Precision.FLOAT32, Backend.CPU, true);

    private CachedSource(ModelConfig config) {
        this.config = config;
        this.architecture = config.architecture();
        this.cells = Cell.of(architecture.blocks(), architecture.turns());
        this.tables = 2 * architecture.turns().size();
    }

    /** The text for a model. */
    static String of(ModelConfig config) {
        CachedSource source = new CachedSource(config);
        int places = 2 * source.architecture.keyHeads();
        String filled =
                Template.fill(METHODS, Map.of("tables", source.tables, "numbers", 2 + places, "places", places));
        String passes = filled.replace("LOGITS", SoftCap.of(config).logits("hidden", "matrix"))
                .formatted(source.prefill(), source.prepared(), source.masks(), source.step());
        return TableMethods.of(source.architecture)
                + source.methods.text()
                + KeyValueCache.methods(source.architecture)
                + passes;
    }

    /** What each window hides from a step, as numbers that are added to scores. */
    private String masks() {
        List<String> lines = new ArrayList<>();
        lines.add("later = torch.gt(seen, at)");
        for (int window : architecture.windows()) {
            String unseen = hidden(window, "later", "seen", "at");
            lines.add("mask" + window + " = torch.unsqueeze(torch.mul(" + unseen + ", -1.0e+30), 1)");
        }
        return String.join("\n", lines).indent(4);
    }

    private static String hidden(int window, String later, String key, String query) {
        return window == 0
                ? later
                : "torch.logical_or(" + later + ", torch.le(" + key + ", torch.sub(" + query + ", " + window + ")))";
    }

    private String prefill() {
        Iterator<Cell> next = cells.iterator();
        List<String> lines = new ArrayList<>();
        lines.add("x = torch.flatten(tokens)");
        architecture.embedding().forEach(one -> lines.add("x = " + methods.prefill(next.next(), "x")));
        for (Layer layer : architecture.layers()) {
            for (Residual residual : layer.residuals()) {
                branches(residual, "x", lines, x -> methods.prefill(next.next(), x));
                lines.add("x = torch.add_(h0, x)");
                for (int b = 1; b < residual.branches().size(); b++) {
                    lines.add("x = torch.add_(x, h" + b + ")");
                }
            }
        }
        lines.add("chosen = torch.index_select(x, 0, last)");
        lines.add("hidden = " + methods.prefill(next.next(), "chosen"));
        return String.join("\n", lines).indent(4);
    }

    private static void branches(Residual residual, String x, List<String> lines, UnaryOperator<String> call) {
        for (int b = 0; b < residual.branches().size(); b++) {
            String h = "h" + b;
            for (int i = 0; i < residual.branches().get(b).size(); i++) {
                lines.add(h + " = " + call.apply(i == 0 ? x : h));
            }
        }
    }

    private String prepared() {
        return TableMethods.prepared(architecture)
                + cells.stream()
                        .flatMap(cell -> BlockMethods.prepared(cell).stream())
                        .collect(Collectors.joining(", "));
    }

    private String step() {
        Iterator<Cell> next = cells.iterator();
        List<String> lines = new ArrayList<>();
        lines.add("x = tokens");
        architecture.embedding().forEach(one -> lines.add("x = " + methods.step(next.next(), "x", tables, 0)));
        lines.add("wide = torch.constant_pad_nd(x, [0, 1], " + architecture.column() + ")");
        lines.add("x = torch.slice(wide, 1, 0, " + config.hiddenSize() + ")");
        for (int l = 0; l < architecture.layers().size(); l++) {
            int layer = l;
            for (Residual residual : architecture.layers().get(l).residuals()) {
                branches(residual, "x", lines, x -> methods.step(next.next(), x, tables, layer));
                for (int b = 0; b < residual.branches().size(); b++) {
                    lines.add("x0 = torch.add_(x, h" + b + ")");
                }
            }
        }
        lines.add("hidden = " + methods.step(next.next(), "x", tables, 0));
        return String.join("\n", lines).indent(4);
    }
}
