package dev.rlhf.actors.ray;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import org.junit.jupiter.api.Test;

class RayWheelTest {
    @Test
    void aMachineWithoutRayIsToldHowToInstallIt() {
        assertThatThrownBy(RayWheel::find)
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContainingAll("no ray command on the PATH", "pip install 'ray[default]==2.60.0'");
    }
}
