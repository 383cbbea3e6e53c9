package dev.rlhf.learner.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.update.Device;
import org.junit.jupiter.api.Test;

class BackendTest {
    @Test
    void aLibtorchWithoutCudaIsNamedWithWhatToSet() {
        assertThatThrownBy(() -> Backend.of(Device.CUDA))
                .isInstanceOfSatisfying(
                        RlhfException.class, thrown -> assertThat(thrown.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContainingAll("device: cuda", NativeScope.version(), "PYTORCH_LIBRARY_PATH", "device: cpu");
    }
}
