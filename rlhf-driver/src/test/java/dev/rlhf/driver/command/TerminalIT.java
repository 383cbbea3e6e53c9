package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run in a terminal, as {@code script} of util-linux makes one. */
class TerminalIT {
    private static final Path SCRIPT = Path.of("/usr/bin/script");
    private static final String CONTROL_C = "\u0003";
    private static final Duration AT_ONCE = Duration.ofSeconds(2);
    private static final int ENDED_BY_SIGINT = 130;
    private static final Pattern HINT = Pattern.compile("go on with: (\\S.*)");

    @TempDir
    Path folder;

    private Path undisturbed;

    @BeforeEach
    void requireATerminal() {
        assumeThat(SCRIPT).as("script of util-linux").isExecutable();
        undisturbed = folder.resolve("undisturbed");
    }

    @Test
    void controlCSaysHowToResumeAndThePastedCommandEndsWithTheSameBytes() throws Exception {
        run("undisturbed").assertDone();
        Path stopped = folder.resolve("stopped by me");
        try (RlhfProcess run = inTerminal("stty cols 40; exec", stopped)) {
            KillPoint step = KillPoint.afterStep(3);
            run.await(step.name(), () -> step.reached().test(stopped));
            long sent = System.nanoTime();
            run.type(CONTROL_C);

            assertThat(run.exitCode()).as(run.printed()).isEqualTo(ENDED_BY_SIGINT);
            assertThat(Duration.ofNanos(System.nanoTime() - sent)).isLessThan(AT_ONCE);
            assertNothingIsWiderThan(40, run.printed());
            assertThat(run.printed()).contains("^C");
            String command = HINT.matcher(run.printed())
                    .results()
                    .map(found -> found.group(1).strip())
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no hint in " + run.printed()));
            paste(command);
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

    private Invocation run(String name) {
        SmallRecipe recipe = new SmallRecipe(folder);
        return Invocation.of(
                "run",
                recipe.with(SmallRecipe.SFT_THEN_GRPO).toString(),
                "--set",
                "stages.sft.steps=300",
                "--out",
                folder.resolve(name).toString());
    }

    private RlhfProcess inTerminal(String before, Path out) {
        String command = before + " " + RlhfProcess.HOME.resolve("rlhf") + " run " + folder.resolve("small.yaml")
                + " --set stages.sft.steps=300 --out '" + out + "'";
        return RlhfProcess.start(
                folder.resolve("terminal.txt"), List.of(SCRIPT.toString(), "-qec", command, "/dev/null"), Map.of());
    }

    private void paste(String command) throws Exception {
        try (RlhfProcess run = RlhfProcess.start(folder.resolve("pasted.txt"), List.of("sh", "-c", command), Map.of())) {
            assertThat(run.exitCode()).as(run.printed()).isZero();
        }
    }

    /** What the live line draws; the hint and messages wrap as any text does. */
    private static void assertNothingIsWiderThan(int columns, String printed) {
        List<String> drawn = Pattern.compile("\r\u001b\\[2K(\\[\\d/\\d\\][^\r\n^]*)")
                .matcher(printed)
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(drawn).as("drawings of the live line in " + printed).isNotEmpty();
        assertThat(drawn).allSatisfy(line -> assertThat(line.getBytes(StandardCharsets.UTF_8).length)
                .as(line)
                .isLessThan(columns));
    }
}
