package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Go that programs of the tests are built with: an older one is refused by name, and the page says which is needed. */
class GoVersionTest {
    private static final Path TOOLS = Path.of("../tools").toAbsolutePath().normalize();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "1.26.8, local, 0",
        "1.26.7, local, 0",
        "1.27, local, 0",
        "1.26.6, local, 1",
        "1.24.9, local, 1",
        "1.24.9, auto, 0",
        "1.20.3, auto, 1"
    })
    void anOlderGoDoesWhereItFetchesTheNewerOne(String version, String toolchain, int exitCode) throws Exception {
        go(version, toolchain);
        assertThat(run(TOOLS.resolve("go_version.sh"), "1.26.7", "X", "its tests").exitCode)
                .isEqualTo(exitCode);
    }

    @ParameterizedTest
    @CsvSource({
        "prometheus, no Prometheus here, the tests with Prometheus",
        "helm, no Helm here, the tests of the chart"
    })
    void whatCannotBeBuiltIsSkippedByName(String tool, String words, String tests) throws Exception {
        go("1.24.9", "local");
        Ended ended = run(TOOLS.resolve(tool).resolve("environment.sh"));
        assertThat(ended.exitCode).as(ended.printed).isZero();
        assertThat(ended.printed)
                .startsWith(words + ": it needs Go 1.26.")
                .contains("or newer, and the go on the PATH is 1.24.9", tests + " will be skipped")
                .hasLineCount(1);
        assertThat(folder.resolve("cache")).isEmptyDirectory();
    }

    @Test
    void thePageNamesTheNewestThatIsAskedFor() throws IOException {
        Matcher asked = Pattern.compile("go_version.sh\" (\\S+)")
                .matcher(Files.readString(TOOLS.resolve("prometheus/environment.sh")));
        assertThat(asked.find()).isTrue();
        assertThat(Files.readAllLines(TOOLS.resolveSibling("CONTRIBUTING.md")))
                .filteredOn(line -> line.startsWith("| `make ") && line.contains("Go "))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains("Go " + asked.group(1) + " or newer"));
    }

    /** How a script ended, and all that it printed. */
    private record Ended(int exitCode, String printed) {}

    /** A program of this name and version that can say no more than that. */
    private void go(String version, String toolchain) throws IOException {
        Path program = Files.writeString(
                Files.createDirectory(folder.resolve("bin")).resolve("go"), """
                #!/bin/sh
                case "$*" in
                  "env GOVERSION") echo go%s ;;
                  "env GOTOOLCHAIN") echo %s ;;
                  *) echo "go $*: not asked for" >&2; exit 9 ;;
                esac
                """.formatted(version, toolchain));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        Files.createDirectory(folder.resolve("cache"));
    }

    private Ended run(Path script, String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(script.toString()).redirectErrorStream(true);
        builder.command().addAll(List.of(arguments));
        builder.environment().put("RLHF_CACHE", folder.resolve("cache").toString());
        builder.environment().merge("PATH", folder.resolve("bin") + ":", (path, first) -> first + path);
        Path log = folder.resolve("log");
        Process process = builder.redirectOutput(log.toFile()).start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS))
                .as("ended in a minute")
                .isTrue();
        return new Ended(process.exitValue(), Files.readString(log));
    }
}
