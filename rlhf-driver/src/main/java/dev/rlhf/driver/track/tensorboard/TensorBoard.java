package dev.rlhf.driver.track.tensorboard;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.DurableFiles;
import dev.rlhf.driver.track.TrackedRun;
import dev.rlhf.driver.track.Tracker;
import dev.rlhf.driver.track.TrackerKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Event files for TensorBoard, in the folder {@code tensorboard} of the run's directory. */
@Block(value = "tracker", kinds = "tensorboard")
public record TensorBoard() implements TrackerKind {
    private static final String FOLDER = "tensorboard";

    @Override
    public Tracker open(TrackedRun run) {
        Path folder = run.directory().resolve(FOLDER);
        try {
            Files.createDirectories(folder);
            // TensorBoard reads files in the order of their names, and names of two processes must not be the same.
            Path file = folder.resolve(String.format(
                    Locale.ROOT,
                    "events.out.tfevents.%010d.rlhf.%d",
                    (long) run.seconds(),
                    DurableFiles.files(folder).size()));
            return new Events(file, new EventFile(file, run.seconds()));
        } catch (IOException refused) {
            throw failure(folder, refused);
        }
    }

    private static RlhfException failure(Path path, IOException refused) {
        return FileFault.unwritten(path, refused);
    }

    /** Work on a file. */
    @FunctionalInterface
    private interface Writing {
        void run() throws IOException;
    }

    /**
     * A run in a file of events.
     *
     * @param path the file
     * @param file writes it
     */
    private record Events(Path path, EventFile file) implements Tracker {
        @Override
        public void numbers(int runStep, double seconds, Map<String, Double> numbers) {
            write(() -> file.scalars(seconds, runStep, numbers));
        }

        @Override
        public void rewound(int runSteps, double seconds) {
            write(() -> file.restart(seconds, runSteps + 1L));
        }

        @Override
        public void flush() {
            write(() -> DurableFiles.sync(path));
        }

        @Override
        public void close(boolean complete, double seconds) {
            write(file::close);
        }

        private void write(Writing writing) {
            try {
                writing.run();
            } catch (IOException refused) {
                throw failure(path, refused);
            }
        }
    }
}
