package dev.rlhf.testing.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Prometheus' programs, in the folder that tools/prometheus/environment.sh made. */
final class Programs {
    /** Property that names the folder; empty where there can be none. */
    private static final String FOLDER = "prometheus.programs";

    private Programs() {}

    /** Where a program is; skips the test, saying so, where there is none. */
    static Path require(String name) {
        String folder = System.getProperty(FOLDER, "");
        assumeTrue(!folder.isEmpty(), "there is no Prometheus here (Go is needed to build one)");
        return Path.of(folder, name);
    }

    /** Runs a program to its end, requires that it succeeds and returns what it printed. */
    static String run(String name, String... arguments) {
        List<String> command = new ArrayList<>(List.of(require(name).toString()));
        command.addAll(Arrays.asList(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor())
                    .as("%s printed:%n%s", command, printed)
                    .isZero();
            return printed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while " + name + " ran", e);
        }
    }
}
