package dev.rlhf.driver.checkpoint;

import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The folder of a run's checkpoints, {@code step-000025} and so on. */
public final class CheckpointStore {
    private static final String PREFIX = "step-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "\\d{6,9}");

    private final Path directory;
    private final int keep;

    /**
     * A store of the newest checkpoints.
     *
     * @param directory folder, created when needed
     * @param keep checkpoints kept, at least 1
     */
    public CheckpointStore(Path directory, int keep) {
        this.directory = directory;
        this.keep = keep;
    }

    /**
     * Saves a checkpoint: written aside, hashed, synced, renamed; older ones are then removed.
     *
     * @param step steps of the whole run so far
     * @throws RlhfException RESOURCE when the disk refuses; the checkpoints before are then as they were
     */
    public void save(int step, DurableDirectory.Content content) {
        DurableDirectory.write(directory.resolve(name(step)), content);
        newestFirst().stream().skip(keep).forEach(CheckpointStore::delete);
    }

    /**
     * The newest checkpoint that is whole.
     *
     * @param notice told of each one that is not, and why
     * @throws RlhfException RESOURCE when there are checkpoints and none is whole
     */
    public Optional<Path> latest(Consumer<String> notice) {
        recover();
        List<Path> newestFirst = newestFirst();
        for (Path checkpoint : newestFirst) {
            Optional<String> flaw = Manifest.flaw(checkpoint);
            if (flaw.isEmpty()) {
                return Optional.of(checkpoint);
            }
            boolean last = checkpoint.equals(newestFirst.get(newestFirst.size() - 1));
            notice.accept("checkpoint " + checkpoint + " is unreadable (" + flaw.get() + ")"
                    + (last ? "" : "; going back to the one before"));
        }
        if (!newestFirst.isEmpty()) {
            throw RlhfException.resource(
                    "no checkpoint in " + directory + " is readable; start the run again in an empty folder (--out)",
                    null);
        }
        return Optional.empty();
    }

    /** Removes checkpoints of later steps than {@code step}, which a resumed run will write anew. */
    public void dropAfter(int step) {
        for (Path checkpoint : newestFirst()) {
            if (step(checkpoint.getFileName().toString()) > step) {
                delete(checkpoint);
            }
        }
    }

    /** A process may have been killed while it wrote a checkpoint. */
    private void recover() {
        try {
            for (String name : names()) {
                Optional<String> target = DurableDirectory.targetOf(name);
                if (target.isPresent()) {
                    DurableDirectory.recover(directory.resolve(target.get()));
                }
            }
        } catch (IOException refused) {
            throw unreachable(refused);
        }
    }

    /** What is wrong with a checkpoint; empty when every file is as it was written. */
    public static Optional<String> flaw(Path checkpoint) {
        return Manifest.flaw(checkpoint);
    }

    /** The checkpoints there are, whole or not, the newest first. */
    public List<Path> newestFirst() {
        try {
            return names().stream()
                    .filter(name -> NAME.matcher(name).matches())
                    .sorted(Comparator.comparingInt(CheckpointStore::step).reversed())
                    .map(directory::resolve)
                    .toList();
        } catch (IOException refused) {
            throw unreachable(refused);
        }
    }

    private List<String> names() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(directory)) {
            return found.map(path -> path.getFileName().toString()).toList();
        }
    }

    private RlhfException unreachable(IOException refused) {
        return RlhfException.resource(
                "checkpoints in " + directory + " cannot be reached: " + FileFault.reason(refused), refused);
    }

    private static void delete(Path checkpoint) {
        try {
            // The manifest goes first: a folder half removed must not look whole.
            Files.deleteIfExists(checkpoint.resolve(Manifest.FILE));
            DurableFiles.deleteTree(checkpoint);
        } catch (IOException refused) {
            throw RlhfException.resource(
                    "old checkpoint " + checkpoint + " could not be removed: " + FileFault.reason(refused), refused);
        }
    }

    private static int step(String name) {
        return Integer.parseInt(name.substring(PREFIX.length()));
    }

    private static String name(int step) {
        return PREFIX + String.format(Locale.ROOT, "%06d", step);
    }
}
