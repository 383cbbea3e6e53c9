package dev.rlhf.driver.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummaryTest {
    private static final Summary SUMMARY = new Summary(List.of(
            new StageResult("imitate", "sft", 80, 0.52, null, null, null, 7.04),
            new StageResult("judge", "reward-model", 400, null, null, null, 0.887, 39),
            new StageResult("optimise", "ppo", 100, 0.67, 0.91, 1.25, null, 1234.5)));

    @TempDir
    Path directory;

    @Test
    void theFileHasTheKeysOfTheContractAndComesBack() throws IOException {
        Path file = directory.resolve("summary.json");
        SUMMARY.write(file);
        JsonNode stages = new ObjectMapper().readTree(file.toFile()).path("stages");
        assertThat(stages).hasSize(3);
        assertThat(stages.get(0).fieldNames())
                .toIterable()
                .containsExactly(
                        "name", "kind", "steps", "eval_accuracy", "reward_mean", "kl", "pair_accuracy", "seconds");
        assertThat(stages.get(0).path("reward_mean").isNull()).isTrue();
        assertThat(stages.get(1).path("pair_accuracy").asDouble()).isEqualTo(0.887);
        assertThat(Summary.read(file)).isEqualTo(SUMMARY);
    }

    @Test
    void theTableLinesUpInEveryLocale() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try {
            assertThat(SUMMARY.table().lines())
                    .containsExactly(
                            "stage            kind           steps  held-out accuracy     reward       KL   pair accuracy   seconds",
                            "imitate          sft               80             52.0 %          -        -               -       7.0",
                            "judge            reward-model     400                  -          -        -          88.7 %      39.0",
                            "optimise         ppo              100             67.0 %      0.910    1.250               -    1234.5");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void aFileThatCannotBeReadIsNamed() throws IOException {
        Path file = directory.resolve("summary.json");
        for (String content : List.of("", "[", "{\"stages\":3}", "{\"other\":[]}")) {
            Files.writeString(file, content);
            assertThatThrownBy(() -> Summary.read(file))
                    .as(content)
                    .isInstanceOfSatisfying(
                            RlhfException.class,
                            failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.USER))
                    .hasMessageContaining(file.toString());
        }
        assertThatThrownBy(() -> Summary.read(directory.resolve("none"))).hasMessageContaining("none");
    }
}
