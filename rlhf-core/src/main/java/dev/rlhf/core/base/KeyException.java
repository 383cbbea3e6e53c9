package dev.rlhf.core.base;

import java.io.Serial;

/** A record's complaint about one of its keys, USER; whoever reads a recipe adds file, line and the path before it. */
public final class KeyException extends RlhfException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String path;
    private final String complaint;

    /** Complains about the key at {@code path} within the record, e.g. {@code sampling.top-p} "must be above 0". */
    public KeyException(String path, String complaint) {
        super(ErrorKind.USER, path + " " + complaint, null);
        this.path = path;
        this.complaint = complaint;
    }

    /** Throws the complaint unless {@code holds}. */
    public static void require(boolean holds, String path, String complaint) {
        if (!holds) {
            throw new KeyException(path, complaint);
        }
    }

    /** Path of the key from the record that complains. */
    public String path() {
        return path;
    }

    /** What is wrong with its value, e.g. "must be above 0, not -1". */
    public String complaint() {
        return complaint;
    }
}
