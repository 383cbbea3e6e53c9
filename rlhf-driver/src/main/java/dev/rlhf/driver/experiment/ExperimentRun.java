package dev.rlhf.driver.experiment;

import dev.rlhf.config.RecordYaml;
import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.DurableFiles;
import dev.rlhf.experiment.design.Cell;
import dev.rlhf.experiment.design.Experiment;
import dev.rlhf.experiment.design.Part;
import dev.rlhf.experiment.result.CellResult;
import dev.rlhf.experiment.result.Results;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Conducts an experiment: its runs in worker processes, then its results. */
public final class ExperimentRun {
    private static final double NANOS = 1e9;

    /** A run that takes so many times what the experiment's file says of it is given up. */
    private static final int PATIENCE = 20;

    private static final Duration LEAST_PATIENCE = Duration.ofMinutes(10);
    private static final Duration WITHOUT_ESTIMATE = Duration.ofDays(7);
    private static final Duration LAST_WORKERS = Duration.ofMinutes(1);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final ExperimentRequest request;
    private final Experiment experiment;
    private final Set<String> estimated;
    private final ExperimentDirectory directory;
    private final CellReader reader;

    private ExperimentRun(ExperimentRequest request) {
        this.request = request;
        this.experiment = request.experiment();
        this.estimated = request.source().estimated(experiment);
        this.directory =
                new ExperimentDirectory(request.directory().toAbsolutePath().normalize());
        this.reader = new CellReader(experiment, directory);
    }

    /**
     * Does what is left of an experiment that {@link #check} has passed, and writes {@code results.json}.
     *
     * @param out where progress is told
     * @return the results; runs that failed are among them with the reason
     * @throws RlhfException USER for a mistake in the experiment's file or its directory; RESOURCE for what can be resumed
     */
    public static Results conduct(ExperimentRequest request, PrintStream out) {
        return new ExperimentRun(request).conduct(out);
    }

    /** Looks at every run before one is begun; throws USER naming what is wrong. */
    public static void check(ExperimentRequest request) {
        ExperimentRun run = new ExperimentRun(request);
        new GridCheck(run.experiment, run.directory, run.here()).check();
    }

    private Results conduct(PrintStream out) {
        Map<String, String> inputs = ExperimentInputs.of(experiment);
        requireFitting();
        try {
            DurableFiles.createDirectories(directory.root());
            try (FileChannel conductor = open(directory.lock())) {
                requireAlone(conductor);
                awaitEarlierWorkers();
                ExperimentInputs.Changed changed = ExperimentInputs.keep(directory, experiment.seeds(), inputs);
                if (changed.program()) {
                    out.println(
                            "the program has changed since the experiment began; finished runs are kept as they are");
                }
                request.source().keep(directory);
                DurableFiles.write(
                        directory.resolved(), RecordYaml.write(experiment).getBytes(StandardCharsets.UTF_8));
                Retries retries = new Retries(directory);
                Map<Cell, String> failures = run(out, retries);
                List<String> remarks = new ArrayList<>(retries.remarks(experiment));
                remarks.addAll(changed.remarks());
                remarks.addAll(experiment.notes());
                return results(inputs, failures, remarks);
            }
        } catch (IOException e) {
            throw RlhfException.resource("cannot write to " + directory.root() + ": " + FileFault.reason(e), e);
        }
    }

    private void requireFitting() {
        boolean there = Files.exists(directory.resolved());
        if (there && !request.resume()) {
            throw RlhfException.user(directory.root()
                    + " holds an experiment already; add --resume to go on with it, or choose another --out");
        }
        if (!there && request.resume() && !Files.exists(directory.inputs())) {
            throw RlhfException.user(
                    "there is no experiment to resume in " + directory.root() + "; leave --resume out");
        }
        if (!there && !Files.exists(directory.lock())) {
            DurableFiles.requireEmpty(directory.root(), "--out");
        }
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private void requireAlone(FileChannel conductor) throws IOException {
        if (tryLock(conductor) == null) {
            throw RlhfException.user("another process conducts the experiment in " + directory.root()
                    + "; wait for it or choose another --out");
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldHere) {
            return null;
        }
    }

    /** Workers end with their conductor, but not in the same instant. */
    private void awaitEarlierWorkers() throws IOException {
        long deadline = System.nanoTime() + LAST_WORKERS.toNanos();
        try (FileChannel workers = open(directory.workersLock())) {
            while (tryLock(workers) == null) {
                if (System.nanoTime() > deadline) {
                    throw RlhfException.resource(
                            "workers of an earlier start still run in " + directory.root() + "; end them", null);
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    /** Does all runs that are not done; returns why some failed. */
    private Map<Cell, String> run(PrintStream out, Retries retries) {
        Set<Cell> done = new LinkedHashSet<>(
                experiment.cells().stream().filter(this::isDone).toList());
        Schedule schedule = new Schedule(experiment, done);
        ExperimentProgress progress = new ExperimentProgress(out, experiment, estimated, request.jobs(), done);
        ExecutorService threads = Executors.newFixedThreadPool(request.jobs());
        try {
            List<Callable<Optional<RlhfException>>> jobs = new ArrayList<>();
            for (int i = 1; i <= request.jobs(); i++) {
                int number = i;
                jobs.add(() -> work(number, schedule, progress, retries));
            }
            for (Future<Optional<RlhfException>> job : threads.invokeAll(jobs)) {
                job.get().ifPresent(mistake -> {
                    throw mistake;
                });
            }
            return schedule.failures();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RlhfException.resource("interrupted while runs were under way", e);
        } catch (ExecutionException e) {
            throw RlhfException.bug("a job of the experiment ended: " + e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    /** Takes runs until none is left; returns a mistake of the experiment's file that a run brought to light, and stops there. */
    private Optional<RlhfException> work(int number, Schedule schedule, ExperimentProgress progress, Retries retries)
            throws InterruptedException {
        try (Worker worker = new Worker(directory, here(), request.worker(), number)) {
            for (Optional<Cell> next = schedule.next(); next.isPresent(); next = schedule.next()) {
                Cell cell = next.get();
                long begin = System.nanoTime();
                try {
                    worker.run(
                            order(cell),
                            patience(cell),
                            why -> retries.add(cell, why),
                            why -> progress.again(cell, why));
                } catch (RlhfException failure) {
                    progress.failed(cell, String.valueOf(failure.getMessage()));
                    schedule.failed(cell, String.valueOf(failure.getMessage()));
                    continue;
                }
                progress.finished(cell, (System.nanoTime() - begin) / NANOS);
                schedule.finished(cell);
                Optional<RlhfException> mistake = mistake(cell);
                if (mistake.isPresent()) {
                    schedule.giveUp();
                    return mistake;
                }
            }
        }
        return Optional.empty();
    }

    /** That the run has no such number as the experiment asks for, if so. */
    private Optional<RlhfException> mistake(Cell cell) {
        try {
            reader.read(cell);
            return Optional.empty();
        } catch (RlhfException asked) {
            return Optional.of(asked);
        }
    }

    private Path here() {
        return request.source().file().resolveSibling("").toAbsolutePath();
    }

    private CellWorker.Order order(Cell cell) {
        Part part = experiment.part(cell.part());
        return new CellWorker.Order(
                part.recipe().toString(),
                experiment.settings(cell, earlier -> directory.run(earlier).root()),
                directory.run(cell).root().toString());
    }

    private Duration patience(Cell cell) {
        if (!estimated.contains(cell.part())) {
            return WITHOUT_ESTIMATE;
        }
        Duration expected = Duration.ofSeconds(
                (long) (PATIENCE * experiment.part(cell.part()).seconds()));
        return expected.compareTo(LEAST_PATIENCE) > 0 ? expected : LEAST_PATIENCE;
    }

    /** The model comes last. */
    private boolean isDone(Cell cell) {
        return Files.exists(directory.run(cell).summary())
                && Files.isDirectory(directory.run(cell).model());
    }

    private Results results(Map<String, String> inputs, Map<Cell, String> failures, List<String> remarks)
            throws IOException {
        List<CellResult> cells = new ArrayList<>();
        DataDigests data = new DataDigests(directory);
        double seconds = 0;
        for (Cell cell : experiment.cells()) {
            Optional<String> failure = Optional.ofNullable(failures.get(cell)).or(() -> reader.damage(cell));
            data.add(cell);
            cells.add(failure.isPresent() ? CellResult.failed(cell, failure.get()) : reader.read(cell));
            seconds += failure.isPresent() ? 0 : reader.seconds(cell);
        }
        Map<String, String> sources = new TreeMap<>(inputs);
        sources.putAll(data.byName());
        Results results = Results.of(experiment, cells, sources, remarks, Map.of("seconds", seconds));
        DurableFiles.write(directory.results(), results.json());
        return results;
    }
}
