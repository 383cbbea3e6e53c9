package dev.rlhf.learner.block;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LinearTest {
    @Test
    void fusedMatricesHaveOneBiasOfAsManyParts() {
        Linear both = new Linear(
                        6, List.of(new Parameter.Part("q_proj.weight", 4), new Parameter.Part("k_proj.weight", 2)))
                .withBias();
        assertThat(both.parameters()).extracting(Parameter::role).containsExactly(Role.MATRIX, Role.BIAS);
        Parameter bias = both.parameters().get(1);
        assertThat(bias.shape()).containsExactly(6);
        assertThat(bias.parts())
                .containsExactly(new Parameter.Part("q_proj.bias", 4), new Parameter.Part("k_proj.bias", 2));
    }

    @Test
    void aMatrixThatLiesTheOtherWayKeepsItsShape() {
        TransposedLinear one = new TransposedLinear(4, 12, "c_attn");
        assertThat(one.parameters().get(0).shape()).containsExactly(4, 12);
        assertThat(one.parameters().get(1).parts()).containsExactly(new Parameter.Part("c_attn.bias", 12));
    }
}
