package dev.rlhf.learner.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.rlhf.learner.engine.Backend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AttentionKernelTest {
    @ParameterizedTest
    @EnumSource(AttentionKernel.class)
    void libtorchKnowsTheOperatorsOfEachKernelWhateverComputesThem(AttentionKernel kernel) {
        assertThatCode(() -> AttentionKernelProof.compile(kernel).close()).doesNotThrowAnyException();
    }

    @Test
    void flashAttentionOfTheCpuIsPlainProducts() {
        AttentionKernelProof.run(
                Backend.CPU, (what, error, most) -> assertThat(error).as(what).isLessThan(most));
    }
}
