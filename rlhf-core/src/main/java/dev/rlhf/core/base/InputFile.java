package dev.rlhf.core.base;

import java.nio.file.Files;
import java.nio.file.Path;

/** Files that a user names. */
public final class InputFile {
    private InputFile() {}

    /** Throws {@link RlhfException} of kind USER unless {@code file} is there and is a file. */
    public static void require(Path file) {
        if (Files.isDirectory(file)) {
            throw RlhfException.user(file + " is a folder; name a file");
        }
        if (!Files.exists(file)) {
            throw RlhfException.user("no such file: " + file);
        }
        if (!Files.isRegularFile(file)) {
            throw RlhfException.user(file + " is a device or a pipe; name a file");
        }
    }
}
