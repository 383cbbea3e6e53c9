package dev.rlhf.core.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TokenUseTest {
    private static final boolean[][] DRAWN = {{true, true, true}, {true, true}, {true, true, true, true}, {true, false}
    };

    /** The second row has no advantage, the third is masked since it was cut off; of the fourth one token is not the policy's. */
    @Test
    void tokensAreToldByWhatBecomesOfThem() {
        boolean[][] trained = {{true, true, true}, {true, true}, new boolean[4], {true, false}};
        float[][] advantages = {{1, 1, 1}, {0, 0}, {5, 5, 5, 5}, {-2, 0}};
        Map<String, Double> numbers = TokenUse.of(DRAWN, trained, advantages);
        assertThat(numbers)
                .containsEntry("drawn_tokens", 10.0)
                .containsEntry("filtered_tokens", 2.0)
                .containsEntry("masked_tokens", 4.0);
        // Six tokens are learnt from: 1, 1, 1, 0, 0, -2.
        assertThat(numbers.get("advantage_mean")).isCloseTo(1.0 / 6, within(1e-12));
        assertThat(numbers.get("advantage_std")).isCloseTo(Math.sqrt(7.0 / 6 - 1.0 / 36), within(1e-12));
    }

    @Test
    void ofNoTokensTheNumbersAreZeroAndFinite() {
        assertThat(TokenUse.of(new boolean[0][], new boolean[0][], new float[0][])
                        .values())
                .hasSize(5)
                .allMatch(value -> value == 0);
    }
}
