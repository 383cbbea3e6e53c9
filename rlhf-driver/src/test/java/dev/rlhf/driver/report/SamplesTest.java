package dev.rlhf.driver.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.run.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplesTest {
    @TempDir
    Path directory;

    @Test
    void answersStandBesideWhatWasExpectedAndWhatTheyEarnedForWhat() throws IOException {
        WrittenRun run = WrittenRun.ofAllStages(directory);
        run.evaluation("grpo", 0, Map.of("eval_accuracy", 0.0), heldOut("cat>", "tca", 0, "tac"));
        run.step("grpo", 1, Map.of("reward_mean", 0.5));
        run.samples(
                "grpo",
                1,
                new Sample(
                        Sample.Pick.BEST, "dog>", "god", 1, "god", Map.of("position-match", 1.0, "exact-match", 1.0)),
                new Sample(Sample.Pick.WORST, "owl>", "o", 0, "lwo", Map.of("exact-match", 0.0)));
        run.evaluation("grpo", 1, Map.of("eval_accuracy", 1.0), heldOut("cat>", "tac", 1, "tac"));

        Document page = run.page();

        assertThat(page.select("#stage-4 h3").eachText())
                .containsExactly("Held-out prompts, before and after", "Best and worst");
        assertThat(page.select("#stage-4 article").get(0).text())
                .isEqualTo("cat> expected tac before: score 0.000 tca after step 1: score 1.000 tac");
        assertThat(page.select("#stage-4 h4").eachText()).containsExactly("Best: step 1", "Worst: step 1");
        assertThat(page.select("#stage-4 article").get(1).text())
                .startsWith("reward 1.000")
                .contains("position-match 1.000", "exact-match 1.000")
                .endsWith("dog> god expected god");
        assertThat(page.select("#stage-4 article").get(2).text()).isEqualTo("reward 0.000 owl> o expected lwo");
    }

    private static Sample heldOut(String prompt, String response, double score, String expected) {
        return new Sample(Sample.Pick.HELD_OUT, prompt, response, score, expected, Map.of("exact-match", score));
    }
}
