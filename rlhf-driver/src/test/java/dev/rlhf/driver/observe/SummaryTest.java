package dev.rlhf.driver.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummaryTest {
    private static final Summary SUMMARY = new Summary(List.of(
            new StageResult("sft", "sft", 80, 0.58, null, null, null, 9.5326),
            new StageResult("a-rather-long-name", "reward-model", 400, null, null, null, 0.9133, 74.79),
            new StageResult("ppo", "ppo", 100, 0.5467, 0.3021, -0.0001, null, 271.46)));

    @Test
    void theTableKeepsItsColumnsWhateverTheNames() {
        assertThat(SUMMARY.table()).isEqualTo("""
                        stage               kind          steps  held-out accuracy  reward     KL  pair accuracy  seconds
                        sft                 sft              80             58.0 %       -      -              -      9.5
                        a-rather-long-name  reward-model    400                  -       -      -         91.3 %     74.8
                        ppo                 ppo             100             54.7 %   0.302  0.000              -    271.5""");
    }

    @Test
    void whatIsWrittenIsReadBack(@TempDir Path directory) {
        Path file = directory.resolve("summary.json");

        SUMMARY.write(file);

        assertThat(Summary.read(file)).isEqualTo(SUMMARY);
        assertThat(file).content().contains("\"eval_accuracy\" : 0.58", "\"pair_accuracy\" : null");
    }
}
