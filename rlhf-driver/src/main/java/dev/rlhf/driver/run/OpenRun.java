package dev.rlhf.driver.run;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.DurableFiles;
import dev.rlhf.driver.checkpoint.RunDirectory;
import dev.rlhf.driver.recipe.Recipes;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/** A run's directory held by this process, and what must be closed when the run ends. */
final class OpenRun implements AutoCloseable {
    private final Deque<AutoCloseable> closing = new ArrayDeque<>();

    private OpenRun() {}

    /**
     * Takes hold of the directory of a new or a resumed run.
     *
     * @throws RlhfException USER when it is a file, when there is a run already, or when another process runs it
     */
    static OpenRun open(RunDirectory directory, RunRequest request) {
        requireFitting(directory, request);
        OpenRun open = new OpenRun();
        try {
            DurableFiles.createDirectories(directory.root());
            open.lock(directory.lock());
            // Again, now that nobody else can begin a run here.
            requireFitting(directory, request);
            open.closing(RunLog.to(directory.log()));
            return open;
        } catch (IOException e) {
            open.close();
            throw unwritable(directory, e);
        } catch (RlhfException e) {
            open.close();
            throw e;
        }
    }

    /** Writes what the run is, by which the directory becomes that of a run; before that, a start can be repeated. */
    static void begin(RunDirectory directory, RunRequest request, RunInputs inputs) {
        try {
            replace(directory.recipe(), request.recipeText().getBytes(StandardCharsets.UTF_8));
            replace(directory.settings(), SettingsFile.bytes(request.settings()));
            replace(directory.inputs(), inputs.bytes());
            replace(directory.resolved(), Recipes.write(request.recipe()).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw unwritable(directory, e);
        }
    }

    private static void replace(Path file, byte[] bytes) throws IOException {
        if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), bytes)) {
            DurableFiles.write(file, bytes);
        }
    }

    private static void requireFitting(RunDirectory directory, RunRequest request) {
        if (!request.resume()) {
            directory.requireUnused();
        } else if (!directory.holdsRun()) {
            directory.requireNothingForeign();
        }
    }

    /** Only the user can mend a path that leads through a file. */
    private static RlhfException unwritable(RunDirectory directory, IOException refused) {
        return new RlhfException(
                refused instanceof FileAlreadyExistsException ? ErrorKind.USER : ErrorKind.RESOURCE,
                "cannot write to " + directory.root() + " (" + FileFault.reason(refused) + "); choose another --out",
                refused);
    }

    /** Has {@code resource} closed with the run, the newest first. */
    <T extends AutoCloseable> T closing(T resource) {
        closing.push(resource);
        return resource;
    }

    private void lock(Path file) throws IOException {
        FileChannel channel = closing(FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        if (!locked(channel)) {
            throw RlhfException.user(
                    "another process runs in " + file.getParent() + "; wait for it or choose another --out");
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException heldHere) {
            return false;
        }
    }

    @Override
    @SuppressWarnings(
            "IllegalCatch") // AutoCloseable throws Exception; what one resource throws must not keep another open
    public void close() {
        RlhfException first = null;
        while (!closing.isEmpty()) {
            try {
                closing.pop().close();
            } catch (Exception e) {
                RlhfException failure = RlhfException.resource("the run could not be closed: " + e.getMessage(), e);
                if (first == null) {
                    first = failure;
                } else {
                    first.addSuppressed(failure);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
