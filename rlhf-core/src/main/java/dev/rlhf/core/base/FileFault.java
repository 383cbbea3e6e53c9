package dev.rlhf.core.base;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** What a disk refused, in words. */
public final class FileFault {
    private FileFault() {}

    /** A RESOURCE failure that names what could not be written, why, and what to do. */
    public static RlhfException unwritten(Path path, IOException refused) {
        String reason = reason(refused);
        String again = path + ": ";
        return RlhfException.resource(
                "cannot write " + path + ": "
                        + (reason.startsWith(again) ? reason.substring(again.length()) : reason)
                        + "; make room or mend the disk",
                refused);
    }

    /** Why a disk or a file system refused; Java's own messages are often the path alone. */
    public static String reason(IOException refused) {
        if (refused instanceof FileSystemException known && known.getReason() == null) {
            return known.getFile() + ": "
                    + switch (known.getClass().getSimpleName()) {
                        case "AccessDeniedException" -> "permission denied";
                        case "NoSuchFileException" -> "no such file or folder";
                        case "FileAlreadyExistsException" -> "it exists and is no folder";
                        case "DirectoryNotEmptyException" -> "the folder is not empty";
                        default -> known.getClass().getSimpleName();
                    };
        }
        String message = refused.getMessage();
        return message == null ? refused.getClass().getSimpleName() : message;
    }
}
