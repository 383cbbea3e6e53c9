package dev.rlhf.learner.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.rlhf.core.base.RlhfException;
import org.junit.jupiter.api.Test;

class ScriptModuleTest {
    private static final String METHODS = """
              def scaled(self: __torch__.Ops, x: Tensor, factor: float, times: int) -> Tensor:
                y = torch.mul(x, factor)
                return torch.mul(y, times)
              def halves(self: __torch__.Ops, x: Tensor) -> List[Tensor]:
                return torch.split_with_sizes(x, [1, 2])
            """;

    @Test
    void passesNumbersAndTensors() {
        NativeScope.prepareThread(1);
        try (ScriptModule module = ScriptModule.compile(METHODS);
                NDManager scope = NativeScope.open()) {
            NDArray x = scope.create(new float[] {1, 2, 3});
            assertThat(module.call(scope, "scaled", x, 0.5, 4).toFloatArray()).containsExactly(2, 4, 6);
            NDList halves = module.callForList(scope, "halves", x);
            assertThat(halves.get(1).toFloatArray()).containsExactly(2, 3);
        }
    }

    @Test
    void saysWhatDoesNotCompile() {
        assertThatThrownBy(() ->
                        ScriptModule.compile("  def f(self: __torch__.Ops) -> Tensor:\n    return torch.nosuch()\n"))
                .isInstanceOf(RlhfException.class)
                .hasMessageContaining("nosuch");
    }
}
