package dev.rlhf.learner.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import org.junit.jupiter.api.Test;

class AvailableMemoryTest {
    @Test
    void whatCannotBeHadIsRefusedWithBothNumbers() {
        assertThatThrownBy(() -> AvailableMemory.require(1L << 50, "a cache", "bound the context"))
                .isInstanceOfSatisfying(
                        RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.RESOURCE))
                .hasMessageContainingAll("a cache", "1048576.00 GiB", "can be had", "bound the context");
        assertThatCode(() -> AvailableMemory.require(1 << 20, "a cache", "")).doesNotThrowAnyException();
    }
}
