package dev.rlhf.core.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeedTest {
    @Test
    void equalPlacesGiveEqualStreamsAndOthersDoNot() {
        Seed seed = new Seed(1).derive("rollout", 7, 3);
        assertThat(new Seed(1).derive("rollout", 7, 3)).isEqualTo(seed);
        assertThat(seed.random().nextLong()).isEqualTo(seed.random().nextLong());
        Set<Seed> seen = new HashSet<>();
        for (String purpose : new String[] {"rollout", "rollouts", "", "mini-batches"}) {
            for (int step = 0; step < 30; step++) {
                for (int prompt = 0; prompt < 30; prompt++) {
                    assertThat(seen.add(new Seed(1).derive(purpose, step, prompt)))
                            .isTrue();
                }
            }
        }
        assertThat(seen).doesNotContain(new Seed(2).derive("rollout", 0, 0), new Seed(1).derive("rollout", 3));
    }

    @Test
    void aServersSeedIsNeverNegative() {
        for (long value = -1000; value < 1000; value++) {
            assertThat(new Seed(value).nonNegative()).isBetween(0L, (1L << 31) - 1);
        }
    }

    @ParameterizedTest
    @CsvSource({"2000, 2 s", "300, 0.3 s", "49, 0 s", "59999, 60 s", "1250, 1.3 s", "600000, 600 s"})
    void durationsAreSaidInSeconds(long millis, String text) {
        assertThat(Seconds.text(Duration.ofMillis(millis))).isEqualTo(text);
    }

    @Test
    void versionsAreNamedAndRead() {
        assertThat(new WeightVersion(7).next().text()).isEqualTo("v000008");
        assertThat(WeightVersion.parse("v000008")).isEqualTo(new WeightVersion(8));
        assertThat(WeightVersion.parse(new WeightVersion(12_345_678).text()).number())
                .isEqualTo(12_345_678);
        for (String none : new String[] {"", "v", "8", "default", "v-1", "v1x"}) {
            assertThatThrownBy(() -> WeightVersion.parse(none))
                    .isInstanceOf(RlhfException.class)
                    .hasMessageContaining("not a weight version");
        }
    }
}
