package dev.rlhf.driver.checkpoint;

import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Folders that are there as a whole or not at all. */
public final class DurableDirectory {
    private static final String BEFORE = ".";
    private static final String AFTER = ".tmp";

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
        Path aside = aside(target);
        try {
            DurableFiles.deleteTree(aside);
            DurableFiles.createDirectories(aside);
            content.write(aside);
            Manifest.of(aside).write(aside);
            DurableFiles.syncTree(aside);
            DurableFiles.deleteTree(target);
            DurableFiles.moveInto(aside, target);
        } catch (IOException refused) {
            throw FileFault.unwritten(target, discarded(aside, refused));
        } catch (RlhfException refused) {
            throw discarded(aside, refused);
        }
    }

    /** Takes up a folder that a killed process had written to its end but not yet renamed; removes one it had only begun. */
    static void recover(Path target) throws IOException {
        Path aside = aside(target);
        if (!Files.exists(target) && Manifest.flaw(aside).isEmpty()) {
            DurableFiles.moveInto(aside, target);
        } else {
            DurableFiles.deleteTree(aside);
        }
    }

    /** The folder that {@code name} is the name aside of, if it is one. */
    static Optional<String> targetOf(String name) {
        return name.startsWith(BEFORE) && name.endsWith(AFTER)
                ? Optional.of(name.substring(BEFORE.length(), name.length() - AFTER.length()))
                : Optional.empty();
    }

    private static Path aside(Path target) {
        return target.resolveSibling(BEFORE + target.getFileName() + AFTER);
    }

    /** Gives the space of a folder that could not be finished back to a disk that may be full. */
    private static <E extends Exception> E discarded(Path aside, E failure) {
        try {
            DurableFiles.deleteTree(aside);
        } catch (IOException alsoRefused) {
            failure.addSuppressed(alsoRefused);
        }
        return failure;
    }

    /** What is wrong with a folder written here; empty when every file is as its SHA-256 in the manifest says. */
    public static Optional<String> flaw(Path directory) {
        return Manifest.flaw(directory);
    }

    /** Leaves a directory that belongs to others now without the file that only its checkpoint needed. */
    public static void forgetManifest(Path directory) {
        try {
            Files.deleteIfExists(directory.resolve(Manifest.FILE));
        } catch (IOException refused) {
            throw FileFault.unwritten(directory, refused);
        }
    }
}
