package dev.rlhf.driver.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private static final StageStarted STAGE = new StageStarted("grpo", "grpo", 2, 4, 100, 10);

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void aPipeGetsPlainLinesNowAndThen() {
        try (ProgressLine line = new ProgressLine(out, false)) {
            line.stageStarted(STAGE);
            for (int step = 11; step <= 100; step++) {
                line.stepDone(LinesTest.step(step, 0.5));
            }
            line.notice("a checkpoint is unreadable");
            line.stageFinished(new StageResult("grpo", "grpo", 100, 0.9, 0.5, 1.0, null, 61.25));
        }
        String printed = bytes.toString(StandardCharsets.UTF_8);
        assertThat(printed).doesNotContain("\r").doesNotContain("\u001b");
        assertThat(printed.lines())
                .containsSequence("a checkpoint is unreadable", "  grpo done in 61.3 s")
                .startsWith("[2/4] grpo, 100 steps")
                .hasSizeLessThan(20);
    }

    @Test
    void aTerminalGetsOneLiveLineWithTheNumbers() {
        try (ProgressLine line = new ProgressLine(out, true)) {
            line.stageStarted(STAGE);
            line.stepDone(LinesTest.step(50, 0.5));
        }
        String printed = bytes.toString(StandardCharsets.UTF_8);
        assertThat(printed).contains("\r", "[2/4] grpo", "50/100", "reward 0.500", "loss -0.020");
        assertThat(printed.lines().filter(text -> !text.isBlank()).count()).isLessThan(3);
    }

    @Test
    void aNoticeDoesNotTearTheLiveLine() {
        try (ProgressLine line = new ProgressLine(out, true)) {
            line.stageStarted(STAGE);
            line.stepDone(LinesTest.step(50, 0.5));
            line.notice("a checkpoint is unreadable");
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8).lines()).contains("a checkpoint is unreadable");
    }
}
