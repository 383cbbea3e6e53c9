package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ReferenceCommandsTest {
    private static final int DONE = 0;
    private static final int USER = 2;

    @TempDir
    Path directory;

    @Test
    void aReportOfNoRunIsTheUsersMistakeAndLeavesNothing() {
        assertThat(Main.execute("report", directory.toString())).isEqualTo(USER);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void theReferenceAnswersAndRefuses() {
        assertThat(Main.execute("config", "defaults")).isEqualTo(DONE);
        assertThat(Main.execute("config", "schema")).isEqualTo(DONE);
        assertThat(Main.execute("config", "explain", "seed")).isEqualTo(DONE);
        assertThat(Main.execute("config", "explain", "sede")).isEqualTo(USER);
        assertThat(Main.execute("config", "explain")).isEqualTo(USER);
        assertThat(Main.execute("config")).isEqualTo(USER);
    }

    @Test
    void helpAndCompletionKnowEveryCommand() {
        String usage = Invocation.of("--help").assertDone().out();
        String script = Invocation.of("completion").assertDone().out();
        Map<String, CommandLine> commands = new CommandLine(new Main()).getSubcommands();
        for (String command : commands.keySet()) {
            boolean hidden =
                    commands.get(command).getCommandSpec().usageMessage().hidden();
            assertThat(usage.contains("  " + command + " "))
                    .as("help on %s", command)
                    .isNotEqualTo(hidden);
            assertThat(script.contains(command)).as("completion of %s", command).isNotEqualTo(hidden);
            assertThat(Invocation.of("help", command).assertDone().out()).contains("Usage: rlhf " + command);
        }
        assertThat(script).contains("complete -F _complete_rlhf", "--accept-changed-inputs");
    }

    @ParameterizedTest
    @CsvSource({"rnu, run", "quickstrat, quickstart", "exprot, export", "chek, check", "reprot, report"})
    void aMisspeltCommandIsSuggested(String written, String meant) {
        Invocation refused = Invocation.of(written);

        assertThat(refused.exitCode()).isEqualTo(USER);
        assertThat(refused.err()).contains("there is no command '" + written + "'; did you mean " + meant + "?");
    }

    @Test
    void aReportSaysWhereItIs() {
        SmallRecipe recipe = new SmallRecipe(directory);
        recipe.with(SmallRecipe.SFT);
        recipe.run().assertDone();

        assertThat(Invocation.of("report", recipe.out().toString()).assertDone().out())
                .isEqualTo("report  " + recipe.out().resolve("report.html") + System.lineSeparator());
    }
}
