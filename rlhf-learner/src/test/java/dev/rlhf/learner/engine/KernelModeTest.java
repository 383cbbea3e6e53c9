package dev.rlhf.learner.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelModeTest {
    @ParameterizedTest
    @CsvSource({
        "GenuineIntel, fma avx2 avx512f avx512bw avx512dq avx512vl, 'AVX512,STRICT'",
        "GenuineIntel, fma avx2 avx512f, 'AVX2,STRICT'",
        "GenuineIntel, fma avx2, 'AVX2,STRICT'",
        "GenuineIntel, sse4_2, default",
        "AuthenticAMD, avx2 avx512f avx512bw avx512dq avx512vl, default",
        "unknown, '', default",
    })
    void eachProcessorGetsTheModeItNeeds(String vendor, String flags, String mode) {
        assertThat(KernelMode.of(vendor, Set.of(flags.split(" ", -1)))).isEqualTo(mode);
    }

    @Test
    void theProcessorIsNamed() {
        assertThat(Processor.here().toString())
                .isNotBlank()
                .contains(Processor.here().mode());
    }
}
