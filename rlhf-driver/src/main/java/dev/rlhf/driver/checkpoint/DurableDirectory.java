package dev.rlhf.driver.checkpoint;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Folders that are there as a whole or not at all. */
public final class DurableDirectory {
    private DurableDirectory() {}

    /** Writes the content of a folder. */
    @FunctionalInterface
    public interface Content {
        /** Writes all files. */
        void write(Path folder) throws IOException;
    }

    /**
     * Writes a folder aside, syncs and hashes every file, and renames it to {@code target}, in place of what was there.
     *
     * @throws RlhfException RESOURCE when the disk refuses; what was there is then as it was
     */
    public static void write(Path target, Content content) {
        Path aside = target.resolveSibling("." + target.getFileName() + ".tmp");
        try {
            DurableFiles.deleteTree(aside);
            Files.createDirectories(aside);
            content.write(aside);
            for (Path file : DurableFiles.files(aside)) {
                DurableFiles.sync(file);
            }
            Manifest.of(aside).write(aside);
            DurableFiles.deleteTree(target);
            DurableFiles.moveInto(aside, target);
        } catch (IOException refused) {
            throw failure(target, reason(refused), refused);
        } catch (RlhfException refused) {
            // Actors write files too: what they say of the disk is told in the same words.
            throw refused.kind() == ErrorKind.RESOURCE
                    ? failure(target, String.valueOf(refused.getMessage()), refused.getCause())
                    : refused;
        }
    }

    /** What is wrong with a folder written here; empty when every file is as its SHA-256 in the manifest says. */
    public static Optional<String> flaw(Path directory) {
        return Manifest.flaw(directory);
    }

    private static RlhfException failure(Path target, String reason, @Nullable Throwable cause) {
        return RlhfException.resource(
                target + " could not be written: " + reason + "; when that is mended, continue with --resume", cause);
    }

    private static String reason(IOException failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
