package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
