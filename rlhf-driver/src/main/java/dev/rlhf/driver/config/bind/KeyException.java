package dev.rlhf.driver.config.bind;

import java.io.Serial;

/** A record's complaint about one of its keys; binding adds file, line and the path before it and makes it USER. */
public final class KeyException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String path;
    private final String complaint;

    /** Complains about the key at {@code path} within the record, e.g. {@code sampling.top-p} "must be above 0". */
    public KeyException(String path, String complaint) {
        super(path + ": " + complaint);
        this.path = path;
        this.complaint = complaint;
    }

    String path() {
        return path;
    }

    String complaint() {
        return complaint;
    }
}
