package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Programs of trackers, in the environment that tools/trackers/environment.sh made. */
final class TrackerPrograms {
    private TrackerPrograms() {}

    /** Where a program is. */
    static String path(String name) {
        String environment = System.getProperty("trackers.environment", "");
        assertThat(environment)
                .as("what tools/trackers/environment.sh makes; run make test")
                .isNotEmpty();
        return Path.of(environment, "bin", name).toString();
    }

    /** Runs a script of tools/trackers on a folder to its end, requires that it succeeds and returns what it printed. */
    static String script(String name, Path folder, Map<String, String> environment) {
        String script = RlhfProcess.HOME.resolve("tools/trackers").resolve(name).toString();
        ProcessBuilder builder = new ProcessBuilder(List.of(path("python"), script, folder.toString()));
        builder.environment().putAll(environment);
        try {
            Process process =
                    builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as("%s printed: %s", name, printed).isZero();
            return printed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while " + name + " ran", e);
        }
    }
}
