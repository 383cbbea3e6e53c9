package dev.rlhf.learner.decoder;

import dev.rlhf.learner.model.Architecture;
import dev.rlhf.learner.model.Architecture.Layer;
import dev.rlhf.learner.model.ModelConfig;
import dev.rlhf.learner.model.Residual;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/**
 * TorchScript text of a decoder that learns, with its derivatives written out.
 *
 * <p>Autograd would give the same numbers; by hand, products go straight to where they are wanted and memory is crossed about half
 * as often. Layers stand one after the other, so that the interpreter computes no index.
 *
 * <p>Shapes: B rows, S positions, N = B·S, D hidden, P picked positions.
 */
final class LearningSource {
    private static final String METHODS = """
              def decode(self: __torch__.Ops, w: List[Tensor], tokens: Tensor, picked: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
                c = torch.slice(cos, 0, 0, torch.size(tokens, 1))
                d = torch.slice(sin, 0, 0, torch.size(tokens, 1))
            %s    return hidden
              def record(self: __torch__.Ops, w: List[Tensor], tokens: Tensor, picked: Tensor, cos: Tensor, sin: Tensor) -> List[Tensor]:
                c = torch.slice(cos, 0, 0, torch.size(tokens, 1))
                d = torch.slice(sin, 0, 0, torch.size(tokens, 1))
                kept = annotate(List[Tensor], [])
            %s    k0 = torch.append(kept, hidden)
                return kept
              def logits(self: __torch__.Ops, w: List[Tensor], tokens: Tensor, picked: Tensor, cos: Tensor, sin: Tensor, matrix: Tensor) -> Tensor:
                return torch.linear((self).decode(w, tokens, picked, cos, sin, ), matrix)
              def gradients(self: __torch__.Ops, w: List[Tensor], kept: List[Tensor], gradient: Tensor, tokens: Tensor, picked: Tensor, cos: Tensor, sin: Tensor) -> List[Tensor]:
                c = torch.slice(cos, 0, 0, torch.size(tokens, 1))
                d = torch.slice(sin, 0, 0, torch.size(tokens, 1))
                found = annotate(List[Tensor], [])
            %s    r0 = torch.reverse(found)
                return found
              def plus(self: __torch__.Ops, sum: Tensor, term: Tensor) -> NoneType:
                sum0 = torch.add_(sum, term)
                return None
            """;

    private final Architecture architecture;
    private final List<Cell> cells;
    private final BlockMethods methods = new BlockMethods();

    private LearningSource(Architecture architecture) {
        this.architecture = architecture;
        this.cells = Cell.of(architecture);
    }

    /** The text for a shape. */
    static String of(ModelConfig config) {
        LearningSource source = new LearningSource(config.architecture());
        String passes = METHODS.formatted(source.there(false), source.there(true), source.back(config.hiddenSize()));
        return config.rotary().tables(config.headSize()) + source.methods.text() + passes;
    }

    private String there(boolean keeps) {
        Iterator<Cell> next = cells.iterator();
        List<String> lines = new ArrayList<>();
        lines.add("x = " + methods.forward(next.next(), "tokens", keeps));
        for (Layer layer : architecture.layers()) {
            for (Residual residual : layer.residuals()) {
                lines.add("h = " + methods.forward(next.next(), "x", keeps));
                residual.inner().forEach(inner -> lines.add("h = " + methods.forward(next.next(), "h", keeps)));
                lines.add("x = torch.add_(" + methods.forward(next.next(), "h", keeps) + ", x)");
            }
        }
        lines.add("chosen = torch.index_select(x, 0, picked)");
        lines.add("hidden = " + methods.forward(next.next(), "chosen", keeps));
        return String.join("\n", lines).indent(4);
    }

    private String back(int width) {
        List<Cell> reversed = new ArrayList<>(cells);
        Collections.reverse(reversed);
        Iterator<Cell> next = reversed.iterator();
        List<String> lines = new ArrayList<>();
        lines.add("t = " + methods.backward(next.next(), "gradient", "torch.zeros_like(gradient)"));
        lines.add("g = torch.new_zeros(gradient, [torch.numel(tokens), " + width + "])");
        lines.add("g0 = torch.index_copy_(g, 0, picked, t)");
        for (int l = architecture.layers().size() - 1; l >= 0; l--) {
            List<Residual> residuals = architecture.layers().get(l).residuals();
            for (int r = residuals.size() - 1; r >= 0; r--) {
                lines.add("a = " + methods.backward(next.next(), "g", ""));
                residuals.get(r).inner().forEach(inner -> lines.add("a = " + methods.backward(next.next(), "a", "")));
                lines.add("g = " + methods.backward(next.next(), "a", "g"));
            }
        }
        lines.add("e = " + methods.backward(next.next(), "g", ""));
        return String.join("\n", lines).indent(4);
    }
}
