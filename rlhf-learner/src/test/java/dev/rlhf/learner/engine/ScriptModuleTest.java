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
              def squares(self: __torch__.Ops, w: List[Tensor]) -> Tensor:
                return torch.sum(torch.mul(w[0], torch.mul(w[1], w[1])))
              def gradients(self: __torch__.Ops, y: Tensor, w: List[Tensor], gy: Tensor) -> List[Tensor]:
                gs = torch.grad([y], w, annotate(List[Optional[Tensor]], [gy]))
                out = annotate(List[Tensor], [])
                for i in range(torch.len(gs)):
                  out0 = torch.append(out, unchecked_cast(Tensor, gs[i]))
                return out
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
    void differentiatesByTheGivenTensors() {
        NativeScope.prepareThread(1);
        try (ScriptModule module = ScriptModule.compile(METHODS);
                NDManager scope = NativeScope.open()) {
            NDArray a = scope.create(new float[] {1, 2});
            NDArray b = scope.create(new float[] {3, 4});
            a.setRequiresGradient(true);
            b.setRequiresGradient(true);
            NDArray y = module.record(scope, "squares", new NDList(a, b)).get(0);
            NDList gradients = module.callForList(scope, "gradients", y, new NDList(a, b), scope.create(2f));
            assertThat(gradients.get(0).toFloatArray()).containsExactly(18, 32);
            assertThat(gradients.get(1).toFloatArray()).containsExactly(12, 32);
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
