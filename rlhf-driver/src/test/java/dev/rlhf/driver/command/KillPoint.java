package dev.rlhf.driver.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A moment of a run at which it is killed.
 *
 * @param runStep the step, counted over the whole run, at or after which the moment comes
 * @param name what is going on then
 * @param reached whether the run in this directory has come so far
 * @param inside whether the files left behind by the killed run show that the moment itself was hit
 */
record KillPoint(int runStep, String name, Predicate<Path> reached, Predicate<Path> inside) {

    /** Some time after a step. */
    static KillPoint afterStep(int runStep) {
        Predicate<Path> reached = run -> lines(run.resolve("metrics.jsonl")) >= runStep;
        return new KillPoint(runStep, "after step " + runStep, reached, reached);
    }

    /** While a checkpoint is written. */
    static KillPoint inCheckpoint(int runStep) {
        return writing(runStep, "checkpoints", "step-%06d".formatted(runStep));
    }

    /** While the model of a stage is written. */
    static KillPoint inModel(int runStep, String stage) {
        return writing(runStep, "stages", stage);
    }

    /** After the model of a stage was written, before or while a checkpoint says so. */
    static KillPoint afterModel(int runStep, String stage) {
        Predicate<Path> reached = run -> Files.exists(run.resolve("stages").resolve(stage));
        return new KillPoint(runStep, "after the model of " + stage, reached, reached);
    }

    private static KillPoint writing(int runStep, String folder, String name) {
        Predicate<Path> begun = run -> Files.exists(run.resolve(folder).resolve("." + name + ".tmp"));
        Predicate<Path> done = run -> Files.exists(run.resolve(folder).resolve(name));
        return new KillPoint(runStep, "writing " + folder + "/" + name, begun.or(done), begun);
    }

    private static long lines(Path file) {
        if (!Files.exists(file)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
