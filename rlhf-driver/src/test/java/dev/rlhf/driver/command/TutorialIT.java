package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever types what the tutorial says, in its order, sees what it shows. */
class TutorialIT {
    private static final Duration LONGEST = Duration.ofMinutes(15);

    @TempDir
    private Path folder;

    @Test
    void whatIsTypedPrintsWhatIsShown() throws Exception {
        List<ShellBlock> blocks = ShellBlock.of(RlhfProcess.HOME.resolve("docs/tutorial.md"));
        List<String> printed = new ShellSandbox(folder).type(blocks, LONGEST);
        for (int i = 0; i < blocks.size(); i++) {
            blocks.get(i).assertShown(printed.get(i));
        }
        assertThat(String.join("", printed).lines().filter("the same weights"::equals))
                .as("of the resumed run, and of the cluster's")
                .hasSize(2);
        assertThat(blocks).filteredOn(block -> !block.shown().isEmpty()).hasSizeGreaterThan(7);
    }
}
