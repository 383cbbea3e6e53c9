package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code ./rlhf} as a process of its own; the launcher's shell becomes the Java process, so killing one kills the other. */
public final class RlhfProcess implements AutoCloseable {
    /** The project. */
    static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    /** Property by which tests that take many minutes are asked for. */
    static final String LONG_TESTS = "long.tests";

    private static final Path SCRIPT = Path.of("/usr/bin/script");
    private static final Pattern HINT = Pattern.compile("go on with: (\\S.*)");
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final long POLL_NANOS = 200_000;

    private final Process process;
    private final Path log;

    private RlhfProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts {@code ./rlhf} on what Maven has built; what it prints is appended to {@code log}. */
    static RlhfProcess start(Path log, String... arguments) {
        return start(log, Map.of(), arguments);
    }

    /** The same with variables of the environment that are its own. */
    static RlhfProcess start(Path log, Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>(List.of(HOME.resolve("rlhf").toString()));
        command.addAll(List.of(arguments));
        return start(log, command, environment);
    }

    /**
     * Starts {@code ./rlhf run} whose numbers are to be had at a port; what it prints is appended to a file beside {@code out}.
     *
     * @param settings each as {@code --set} takes it
     */
    static RlhfProcess run(
            Path recipe, Path out, int metricsPort, Map<String, String> environment, List<String> settings) {
        List<String> arguments = new ArrayList<>(List.of(
                "run", recipe.toString(), "--out", out.toString(), "--metrics-port", String.valueOf(metricsPort)));
        settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
        return start(out.resolveSibling(out.getFileName() + ".log"), environment, arguments.toArray(String[]::new));
    }

    /**
     * Starts {@code ./rlhf} in a terminal of so many columns, as {@code script} of util-linux makes one; skips the test where there is none.
     *
     * <p>A build started in the background ({@code nohup}, {@code &} of a script) has SIGINT ignored and hands that down to the terminal,
     * where Ctrl-C would then do nothing.
     */
    static RlhfProcess startInTerminal(int columns, Path log, Map<String, String> environment, String... arguments) {
        assumeThat(SCRIPT).as("script of util-linux").isExecutable();
        String command = Stream.concat(Stream.of(HOME.resolve("rlhf").toString()), Stream.of(arguments))
                .map(word -> "'" + word + "'")
                .collect(Collectors.joining(" ", "stty cols " + columns + "; exec env --default-signal=INT ", ""));
        return start(log, List.of(SCRIPT.toString(), "-qec", command, "/dev/null"), environment);
    }

    /** The command by which this one said to go on, pasted into a shell. */
    RlhfProcess pasteHint(Path log, Map<String, String> environment) {
        String command = HINT.matcher(printed())
                .results()
                .map(found -> found.group(1).strip())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no hint in " + printed()));
        return start(log, List.of("sh", "-c", command), environment);
    }

    private static RlhfProcess start(Path log, List<String> command, Map<String, String> environment) {
        try {
            markBuilt();
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            builder.environment().putAll(environment);
            return new RlhfProcess(builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The launcher must not build: Maven is building this very moment, and has reached the tests. */
    public static void markBuilt() throws IOException {
        Path target = HOME.resolve("rlhf-driver/target");
        assertThat(target.resolve("lib")).as("made by Maven's package phase").isDirectory();
        Path stamp = target.resolve(".built");
        if (!Files.exists(stamp)) {
            Files.createFile(stamp);
        }
        Files.setLastModifiedTime(stamp, FileTime.from(Clock.systemUTC().instant()));
    }

    /** Waits for the end and returns the exit code. */
    int exitCode() {
        return exitCode(LONGEST);
    }

    /** The same of one that may take longer. */
    int exitCode(Duration longest) {
        try {
            assertThat(process.waitFor(longest.toSeconds(), TimeUnit.SECONDS))
                    .as("ended within %s; it printed %s", longest, printed())
                    .isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits until {@code condition} holds; fails when the process ends before. */
    void await(String name, BooleanSupplier condition) {
        Instant deadline = Clock.systemUTC().instant().plus(LONGEST);
        while (!condition.getAsBoolean()) {
            assertThat(process.isAlive() || condition.getAsBoolean())
                    .as("still running until %s; it printed %s", name, printed())
                    .isTrue();
            assertThat(Clock.systemUTC().instant())
                    .as("%s; it printed %s", name, printed())
                    .isBefore(deadline);
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Whether it has not ended. */
    boolean isAlive() {
        return process.isAlive();
    }

    /** What Linux says of its memory in MiB, e.g. {@code VmRSS}, or {@code VmHWM} for the most so far; 0 where it says nothing. */
    long memory(String field) {
        Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith(field))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
                    .findFirst()
                    .orElse(0);
        } catch (IOException | UncheckedIOException ended) {
            return 0;
        }
    }

    /** The command lines of its process and of all that it has started, as every user of the machine can read them. */
    List<String> commandLines() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .map(one -> Path.of("/proc", String.valueOf(one.pid()), "cmdline"))
                .flatMap(file -> {
                    try {
                        return Stream.of(Files.readString(file).replace('\0', ' '));
                    } catch (IOException ended) {
                        return Stream.empty();
                    }
                })
                .toList();
    }

    /** SIGTERM, as by Ctrl-C or a service manager. */
    void interrupt() {
        process.destroy();
    }

    /** Types into its standard input. */
    void type(String keys) {
        try {
            process.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
        exitCode();
    }

    /** All that was printed to the log so far. */
    String printed() {
        File file = log.toFile();
        try {
            return file.exists() ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
