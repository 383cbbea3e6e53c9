package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run in a terminal, as {@code script} of util-linux makes one. */
class TerminalIT {
    private static final int COLUMNS = 40;
    private static final String CONTROL_C = "\u0003";
    private static final Duration AT_ONCE = Duration.ofSeconds(2);
    private static final int ENDED_BY_SIGINT = 130;
    private static final String STEPS = "stages.sft.steps=300";

    @TempDir
    Path folder;

    @Test
    void controlCSaysHowToResumeAndThePastedCommandEndsWithTheSameBytes() throws IOException {
        Path recipe = new SmallRecipe(folder).with(SmallRecipe.SFT_THEN_GRPO);
        Path undisturbed = folder.resolve("undisturbed");
        Invocation.of("run", recipe.toString(), "--set", STEPS, "--out", undisturbed.toString())
                .assertDone();
        Path stopped = folder.resolve("stopped by me");
        try (RlhfProcess run = RlhfProcess.startInTerminal(
                COLUMNS,
                folder.resolve("terminal.txt"),
                Map.of(),
                "run",
                recipe.toString(),
                "--set",
                STEPS,
                "--out",
                stopped.toString())) {
            KillPoint step = KillPoint.afterStep(3);
            run.await(step.name(), () -> step.reached().test(stopped));
            long sent = System.nanoTime();
            run.type(CONTROL_C);

            assertThat(run.exitCode()).as(run.printed()).isEqualTo(ENDED_BY_SIGINT);
            assertThat(Duration.ofNanos(System.nanoTime() - sent)).isLessThan(AT_ONCE);
            assertThat(drawings(run.printed()))
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line).hasSizeLessThan(COLUMNS));
            try (RlhfProcess resumed = run.pasteHint(folder.resolve("pasted.txt"), Map.of())) {
                assertThat(resumed.exitCode()).as(resumed.printed()).isZero();
            }
        }
        new RunFiles(stopped).assertEqual(new RunFiles(undisturbed));
    }

    @Test
    void withoutALocaleNothingIsReplacedByAQuestionMark() throws IOException {
        Path recipe = new SmallRecipe(folder).with(SmallRecipe.SFT);
        Path renamed = Files.move(recipe, folder.resolve("β×–.yaml"));
        Path log = folder.resolve("log");
        try (RlhfProcess run = RlhfProcess.start(
                log, Map.of("LC_ALL", "C"), "run", renamed.toString(), "--set", "stages.sft.from=β×–")) {
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.printed()).contains("'β×–'").doesNotContain("?");
        }
    }

    /** What the live line drew; messages wrap as any text does. */
    private static List<String> drawings(String printed) {
        return Pattern.compile("\r\u001b\\[2K(\\[\\d/\\d\\][^\r\n^]*)")
                .matcher(printed)
                .results()
                .map(found -> found.group(1))
                .toList();
    }
}
