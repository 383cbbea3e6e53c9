package dev.rlhf.driver.experiment;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The conductor's end of a worker process, which is started when it is needed, and again where it has died. */
final class Worker implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Exit code of a process that SIGKILL ended; other signals are sent by whoever wants the experiment to end. */
    private static final int KILLED = 128 + 9;

    private static final Duration LAST_WORDS = Duration.ofSeconds(10);

    private final ExperimentDirectory directory;
    private final Path workingDirectory;
    private final List<String> program;
    private final int number;
    private @Nullable Process process;

    /** A worker that runs {@code program}: main class and arguments. */
    Worker(ExperimentDirectory directory, Path workingDirectory, List<String> program, int number) {
        this.directory = directory;
        this.workingDirectory = workingDirectory;
        this.program = List.copyOf(program);
        this.number = number;
    }

    /**
     * Has a run done; once more where its process is killed, as a system short of memory does.
     *
     * @param longest how long a try may take
     * @param killed told why each time that its process is killed
     * @param again told why before the second try
     * @throws RlhfException of the run's own failure's kind; RESOURCE where the process died, was killed twice or took too long
     */
    void run(CellWorker.Order order, Duration longest, Consumer<String> killed, Consumer<String> again) {
        Optional<String> first = attempt(order, longest);
        if (first.isPresent()) {
            killed.accept(first.get());
            again.accept(first.get());
            attempt(order, longest).ifPresent(anew -> {
                killed.accept(anew);
                throw RlhfException.resource("at both tries " + anew, null);
            });
        }
    }

    /** Why the process was killed, if it was. */
    private Optional<String> attempt(CellWorker.Order order, Duration longest) {
        try {
            Process running = started();
            OutputStream orders = running.getOutputStream();
            orders.write((JSON.writeValueAsString(order) + "\n").getBytes(StandardCharsets.UTF_8));
            orders.flush();
            String line = line(running, longest);
            if (line == null) {
                return ended(null);
            }
            CellWorker.Answer answer = JSON.readValue(line, CellWorker.Answer.class);
            if (!answer.kind().isEmpty()) {
                throw new RlhfException(ErrorKind.valueOf(answer.kind()), answer.message(), null);
            }
            return Optional.empty();
        } catch (IOException e) {
            return ended(e);
        }
    }

    /** What the process prints next; null when it ends before. */
    private @Nullable String line(Process running, Duration longest) {
        CompletableFuture<@Nullable String> line = CompletableFuture.supplyAsync(() -> {
            try {
                return running.inputReader(StandardCharsets.UTF_8).readLine();
            } catch (IOException e) {
                return null;
            }
        });
        try {
            return line.get(longest.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            close();
            throw RlhfException.resource(
                    "the run took longer than " + longest.toMinutes() + " minutes and was ended", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RlhfException.resource("interrupted while a run was under way", e);
        } catch (ExecutionException e) {
            throw RlhfException.bug("a worker's answer cannot be read: " + e.getCause());
        }
    }

    /** That the process was killed, which says nothing against the run; throws RESOURCE where it ended otherwise. */
    private Optional<String> ended(@Nullable IOException cause) {
        Process dead = process;
        if (dead == null) {
            throw RlhfException.resource("the process of the run cannot be started", cause);
        }
        boolean byItself = dead.onExit()
                .thenApply(gone -> true)
                .completeOnTimeout(false, LAST_WORDS.toSeconds(), TimeUnit.SECONDS)
                .join();
        close();
        int code = dead.exitValue();
        String log = "; see " + directory.workerLog(number);
        if (byItself && code == KILLED) {
            return Optional.of("the process of the run was killed (exit code " + code + ")" + log);
        }
        throw RlhfException.resource("the process of the run died (exit code " + code + ")" + log, cause);
    }

    private Process started() throws IOException {
        Process running = process;
        if (running == null || !running.isAlive()) {
            running = new ProcessBuilder(command())
                    .directory(workingDirectory.toFile())
                    .redirectError(ProcessBuilder.Redirect.appendTo(
                            directory.workerLog(number).toFile()))
                    .start();
            process = running;
        }
        return running;
    }

    /** A Java process like this one. */
    private List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", classPath()));
        command.addAll(program);
        command.add(directory.workersLock().toString());
        return command;
    }

    /** It works in another directory than this one. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    @Override
    public void close() {
        Process running = process;
        process = null;
        if (running != null) {
            running.destroyForcibly().onExit().join();
        }
    }
}
