package dev.rlhf.driver.run;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.DurableFiles;
import dev.rlhf.driver.checkpoint.RunDirectory;
import dev.rlhf.driver.config.Recipes;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** A run's directory held by this process, and what must be closed when the run ends. */
final class OpenRun implements AutoCloseable {
    private final Deque<AutoCloseable> closing = new ArrayDeque<>();

    private OpenRun() {}

    /**
     * Takes hold of the directory of a new or a resumed run.
     *
     * @throws RlhfException USER when there is a run already, or none to resume, or one of another recipe, or when another
     *     process runs it
     */
    static OpenRun open(RunDirectory directory, RunRequest request) {
        OpenRun open = new OpenRun();
        try {
            boolean exists = Files.exists(directory.resolved());
            if (exists && !request.resume()) {
                throw RlhfException.user(directory.root()
                        + " holds a run already; add --resume to go on with it, or choose another --out");
            }
            if (!exists && request.resume()) {
                throw RlhfException.user("there is no run to resume in " + directory.root() + "; leave --resume out");
            }
            Files.createDirectories(directory.root());
            open.lock(directory.lock());
            open.closing(RunLog.to(directory.log()));
            String resolved = Recipes.write(request.recipe());
            if (exists) {
                requireSame(Files.readString(directory.resolved()), resolved, directory.resolved());
            } else {
                DurableFiles.write(directory.recipe(), request.recipeText().getBytes(StandardCharsets.UTF_8));
                DurableFiles.write(directory.resolved(), resolved.getBytes(StandardCharsets.UTF_8));
            }
            return open;
        } catch (IOException e) {
            open.close();
            throw RlhfException.resource("cannot write to " + directory.root() + ": " + e.getMessage(), e);
        } catch (RlhfException e) {
            open.close();
            throw e;
        }
    }

    /** Has {@code resource} closed with the run, the newest first. */
    <T extends AutoCloseable> T closing(T resource) {
        closing.push(resource);
        return resource;
    }

    private void lock(Path file) throws IOException {
        FileChannel channel = closing(FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        if (channel.tryLock() == null) {
            throw RlhfException.user(
                    "another process runs in " + file.getParent() + "; wait for it or choose another --out");
        }
    }

    private static void requireSame(String before, String now, Path file) {
        List<String> old = before.lines().toList();
        List<String> asked = now.lines().toList();
        for (int i = 0; i < Math.max(old.size(), asked.size()); i++) {
            String was = i < old.size() ? old.get(i).strip() : "nothing";
            String is = i < asked.size() ? asked.get(i).strip() : "nothing";
            if (!was.equals(is)) {
                throw RlhfException.user("cannot resume with another recipe: " + file + ":" + (i + 1) + " has '" + was
                        + "', the recipe now says '" + is + "'; resume with the recipe and settings of the run");
            }
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
