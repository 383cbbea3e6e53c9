package dev.rlhf.learner.decoder;

import dev.rlhf.learner.block.Block;
import dev.rlhf.learner.block.Norm;
import dev.rlhf.learner.block.Sight;
import dev.rlhf.learner.engine.Backend;
import dev.rlhf.learner.model.Architecture;
import dev.rlhf.learner.model.Architecture.Layer;
import dev.rlhf.learner.model.ModelConfig;
import dev.rlhf.learner.model.Parameters;
import dev.rlhf.learner.model.Placed;
import dev.rlhf.learner.model.Residual;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * TorchScript text of a decoder that learns, with its derivatives written out.
 *
 * <p>Autograd would give the same numbers; by hand, products go straight to where they are wanted and memory is crossed about half
 * as often. Each stage of a decoder (embedding, a layer, what it ends with) has three methods, and layers of the same blocks share them:
 * {@code decode} gives what comes out, {@code record} that and what the way back needs, {@code back} the derivative of what went in, while it
 * adds those of the weights to {@code d}.
 *
 * <p>Rows are of the weights' precision, as are the tables; logits come in float32. Shapes: N positions of all rows, D hidden, P picked positions.
 */
final class LearningSource {
    private static final String GIVEN =
            "t: List[Tensor], positions: Tensor, spans: List[int], shared: List[int], runs: List[int], seen: Tensor";
    private static final String STAGE = """
              def NAME_decode(self: __torch__.Ops, w: List[Tensor], x0: Tensor, GIVEN) -> Tensor:
            DECODE    return x
              def NAME_record(self: __torch__.Ops, w: List[Tensor], x0: Tensor, GIVEN) -> Tuple[Tensor, List[Tensor]]:
                kept = annotate(List[Tensor], [])
            RECORD    return (x, kept)
              def NAME_back(self: __torch__.Ops, w: List[Tensor], d: List[Tensor], kept: List[Tensor], g0: Tensor, GIVEN) -> Tensor:
            BACK    return g
            """;
    private static final String METHODS = """
              def turned(self: __torch__.Ops, tables: List[Tensor], positions: Tensor) -> List[Tensor]:
                found = annotate(List[Tensor], [])
                for i in range(torch.len(tables)):
                  f0 = torch.append(found, (self).rounded(torch.index_select(tables[i], 0, positions), ))
                return found
              def pick(self: __torch__.Ops, x: Tensor, picked: Tensor) -> Tensor:
                return torch.index_select(x, 0, picked)
              def unpick(self: __torch__.Ops, g: Tensor, picked: Tensor, rows: int) -> Tensor:
                wide = (self).widened(g, )
                return (self).rounded((self).scatter(torch.new_zeros(wide, [rows, torch.size(g, 1)]), picked, wide, ), )
              def logits(self: __torch__.Ops, hidden: Tensor, matrix: Tensor) -> Tensor:
                return LOGITS
              def zero(self: __torch__.Ops, tensors: List[Tensor]) -> NoneType:
                torch._foreach_zero_(tensors)
                return None
              def plus(self: __torch__.Ops, sums: List[Tensor], terms: List[Tensor]) -> NoneType:
                torch._foreach_add_(sums, terms)
                return None
            """;

    private final List<Sight.Turns> tables;
    private final Backend backend;
    private final BlockMethods methods;
    private final Map<List<Object>, String> names = new LinkedHashMap<>();
    private final StringBuilder stages = new StringBuilder();

    private LearningSource(Architecture architecture, Parameters weights, boolean asServed) {
        this.backend = weights.backend();
        this.methods = new BlockMethods(weights.precision(), backend, asServed);
        this.tables = architecture.turns();
    }

    /**
     * The text of a decoder.
     *
     * @param text methods
     * @param stages the name of each stage's methods: embedding, layers, end
     */
    record Source(String text, List<String> stages) {}

    /**
     * The text for a model.
     *
     * @param weights what it computes with, for their numbers and where they lie
     * @param asServed whether it gives what a server gives, to the bit, where weights are float32 on the CPU
     */
    static Source of(ModelConfig config, Parameters weights, boolean asServed) {
        Architecture architecture = config.architecture();
        LearningSource source = new LearningSource(architecture, weights, asServed);
        List<String> names = new ArrayList<>();
        names.add(source.stage("embedding", List.of(new Residual(List.of(architecture.embedding()))), false));
        for (Layer layer : architecture.layers()) {
            names.add(source.stage("layer", layer.residuals(), true));
        }
        names.add(source.stage("end", List.of(Residual.of(architecture.last())), false));
        String methods = METHODS.replace("LOGITS", SoftCap.of(config).logits("hidden", "matrix"));
        return new Source(TableMethods.of(architecture) + source.methods.text() + methods + source.stages, names);
    }

    /** Writes a stage's methods, once for all that have the same blocks. */
    private String stage(String kind, List<Residual> residuals, boolean adds) {
        List<Block> blocks = residuals.stream()
                .flatMap(residual -> residual.branches().stream().flatMap(List::stream))
                .map(placed -> placed.block().on(backend))
                .toList();
        List<Object> key =
                List.of(kind, residuals.stream().map(LearningSource::blocks).toList());
        String known = names.get(key);
        if (known != null) {
            return known;
        }
        String name = kind + names.size();
        names.put(key, name);
        List<Cell> cells = Cell.of(blocks, tables);
        stages.append(STAGE.replace("NAME", name)
                .replace("GIVEN", GIVEN)
                .replace("DECODE", there(residuals, cells, adds, false))
                .replace("RECORD", there(residuals, cells, adds, true))
                .replace("BACK", back(residuals, cells, adds)));
        return name;
    }

    private static List<List<Block>> blocks(Residual residual) {
        return residual.branches().stream()
                .map(branch -> branch.stream().<Block>map(Placed::block).toList())
                .toList();
    }

    private String there(List<Residual> residuals, List<Cell> cells, boolean adds, boolean keeps) {
        List<String> lines = new ArrayList<>();
        lines.add("x = x0");
        int next = 0;
        for (Residual residual : residuals) {
            for (int b = 0; b < residual.branches().size(); b++) {
                lines.add("h" + b + " = x");
                for (int i = 0; i < residual.branches().get(b).size(); i++) {
                    lines.add("h" + b + " = " + methods.forward(cells.get(next++), "h" + b, keeps));
                }
            }
            lines.add(adds ? "x = torch.add_(h0, x)" : "x = h0");
            for (int b = 1; b < residual.branches().size(); b++) {
                lines.add("x = torch.add_(x, h" + b + ")");
            }
        }
        return String.join("\n", lines).indent(4);
    }

    private String back(List<Residual> residuals, List<Cell> cells, boolean adds) {
        List<String> lines = new ArrayList<>();
        lines.add("g = g0");
        int end = cells.size();
        for (int r = residuals.size() - 1; r >= 0; r--) {
            List<String> sums = new ArrayList<>();
            for (int b = residuals.get(r).branches().size() - 1; b >= 0; b--) {
                int first = end - residuals.get(r).branches().get(b).size();
                sums.addAll(back(cells.subList(first, end), "a" + b, adds, lines));
                end = first;
            }
            lines.addAll(sums);
        }
        return String.join("\n", lines).indent(4);
    }

    /** The way back through a branch; returns what adds its derivative to the stream, once all branches have read that. */
    private List<String> back(List<Cell> branch, String a, boolean adds, List<String> lines) {
        lines.add(a + " = g");
        List<Cell> reversed = new ArrayList<>(branch);
        Collections.reverse(reversed);
        for (Cell cell : reversed.subList(0, reversed.size() - 1)) {
            lines.add(a + " = " + methods.backward(cell, a, ""));
        }
        Cell first = branch.get(0);
        if (first.block() instanceof Norm) {
            return List.of("g = " + methods.backward(first, a, adds ? "g" : "torch.zeros_like(g)"));
        }
        String slope = methods.backward(first, a, "");
        if (first.block().backward().lines().noneMatch(line -> line.startsWith("dx = "))) {
            return List.of("e = " + slope);
        }
        return List.of(adds ? "g = torch.add(g, " + slope + ")" : "g = " + slope);
    }
}
