package dev.rlhf.driver.checkpoint;

import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** File operations whose result survives a power cut. */
public final class DurableFiles {
    private DurableFiles() {}

    /** Replaces a file as a whole: a reader sees the old bytes or the new ones, never a part. */
    public static void write(Path file, byte[] bytes) throws IOException {
        Path aside = file.resolveSibling("." + file.getFileName() + ".tmp");
        Files.write(aside, bytes);
        sync(aside);
        moveInto(aside, file);
    }

    /** Renames {@code aside} to {@code target}, replacing it, and syncs the folder that holds it. */
    public static void moveInto(Path aside, Path target) throws IOException {
        Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Path parent = target.toAbsolutePath().getParent();
        if (parent != null) {
            sync(parent);
        }
    }

    /** Makes a folder and those above it that are missing, each name on the disk when this returns. */
    public static void createDirectories(Path directory) throws IOException {
        Path parent = directory.toAbsolutePath().getParent();
        if (parent == null || Files.isDirectory(directory)) {
            return;
        }
        createDirectories(parent);
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException other) {
            // Another process may have made it in this very moment.
            if (!Files.isDirectory(directory)) {
                throw other;
            }
        }
        sync(parent);
    }

    /** Brings every file and every folder's list of names below {@code directory} to the disk. */
    static void syncTree(Path directory) throws IOException {
        try (Stream<Path> found = Files.walk(directory)) {
            for (Path path : found.toList()) {
                sync(path);
            }
        }
    }

    /** Brings a file's bytes, or a folder's list of names, to the disk. */
    public static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Regular files below {@code directory}, sorted by path. */
    public static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> found = Files.walk(directory)) {
            return found.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** Copies a folder tree into {@code target}, which is created. */
    public static void copyTree(Path source, Path target) throws IOException {
        for (Path file : files(source)) {
            Path copy = target.resolve(source.relativize(file).toString());
            Files.createDirectories(copy.toAbsolutePath().getParent());
            Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
            sync(copy);
        }
    }

    /** Throws USER unless {@code directory}, given by {@code option}, is empty or not there yet. */
    public static void requireEmpty(Path directory, String option) {
        try (Stream<Path> found = Files.exists(directory) ? Files.list(directory) : Stream.empty()) {
            if (found.findAny().isPresent()) {
                throw RlhfException.user(directory + " is not empty; choose another " + option);
            }
        } catch (NotDirectoryException file) {
            throw RlhfException.user(directory + " is no folder; choose another " + option);
        } catch (IOException refused) {
            throw RlhfException.resource("cannot read " + FileFault.reason(refused), refused);
        }
    }

    /** Removes a folder with all in it; does nothing when it is not there. */
    public static void deleteTree(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
