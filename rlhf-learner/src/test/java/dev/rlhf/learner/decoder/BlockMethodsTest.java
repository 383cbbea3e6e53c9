package dev.rlhf.learner.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.update.Precision;
import dev.rlhf.learner.block.Block;
import dev.rlhf.learner.block.Linear;
import dev.rlhf.learner.block.Parameter;
import dev.rlhf.learner.block.RmsNorm;
import dev.rlhf.learner.block.Role;
import dev.rlhf.learner.block.Template;
import dev.rlhf.learner.engine.Backend;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BlockMethodsTest {
    private final BlockMethods methods = new BlockMethods(Precision.FLOAT32, Backend.CPU, false);

    @Test
    void blocksOfTheSameStatementsShareAMethod() {
        String one = methods.forward(new Cell(Linear.of(4, "a", 8), 0, 0, -1), "x", false);
        String other = methods.forward(new Cell(Linear.of(8, "b", 4), 3, 1, -1), "h", false);
        assertThat(one).isEqualTo("(self).linear_forward(w[0], x, )");
        assertThat(other).isEqualTo("(self).linear_forward(w[3], h, )");
        assertThat(methods.text())
                .containsOnlyOnce("def linear_forward(self: __torch__.Ops, weight: Tensor, x: Tensor)");
    }

    @Test
    void blocksOfOtherNumbersHaveMethodsOfTheirOwn() {
        assertThat(methods.prefill(new Cell(new RmsNorm(4, 1e-5), 0, 0, -1), "x"))
                .contains("rms_norm_prefill(");
        assertThat(methods.prefill(new Cell(new RmsNorm(8, 1e-5), 1, 2, -1), "x"))
                .contains("rms_norm_prefill1(");
    }

    @Test
    void derivativesAreAddedAndKeptTensorsFoundByTheirPlace() {
        String call = methods.backward(new Cell(Linear.of(4, "a", 8), 3, 5, -1), "g", "");
        assertThat(call).isEqualTo("(self).linear_backward(d[3], g, w[3], kept[5], )");
        assertThat(methods.text()).contains("(self).grow(d_weight, ");
    }

    @Test
    void aNameThatMeansSomethingElseIsRefused() {
        Block greedy = new Named("cos");
        assertThatThrownBy(() -> methods.forward(new Cell(greedy, 0, 0, -1), "x", false))
                .isInstanceOf(RlhfException.class)
                .hasMessageContainingAll("Named", "cos");
    }

    @Test
    void aTemplateWantsEveryNumber() {
        assertThat(Template.fill("[$head, $heads]", Map.of("head", 1, "heads", 2)))
                .isEqualTo("[1, 2]");
        assertThatThrownBy(() -> Template.fill("$width", Map.of("head", 1))).hasMessageContaining("$width");
    }

    /** A block whose weight is called so. */
    private record Named(String weight) implements Block {
        @Override
        public List<Parameter> parameters() {
            return List.of(Parameter.vector(weight, Role.BIAS, 1, "w"));
        }

        @Override
        public List<String> kept() {
            return List.of();
        }

        @Override
        public String forward() {
            return "y = torch.add(x, " + weight + ")\n";
        }

        @Override
        public String backward() {
            return "dx = g\n";
        }

        @Override
        public String step() {
            return forward();
        }
    }
}
