package dev.rlhf.learner.block;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeluTest {
    @ParameterizedTest
    @CsvSource({"gelu, EXACT", "gelu_new, TANH", "gelu_pytorch_tanh, TANH", "gelu_fast, TANH"})
    void namesOfTransformersAreKnown(String name, Gelu.Form form) {
        assertThat(Gelu.Form.named(name)).contains(form);
    }

    @ParameterizedTest
    @CsvSource({"silu", "quick_gelu", "relu"})
    void otherFunctionsAreNotTaken(String name) {
        assertThat(Gelu.Form.named(name)).isEmpty();
    }
}
