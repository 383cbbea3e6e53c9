package dev.rlhf.driver.report;

import java.nio.file.Path;

/** Writes {@code report.html}. */
public final class RunReport {
    private RunReport() {}

    /** Writes the page of the run in {@code directory} and returns its path. */
    public static Path write(Path directory) {
        return directory.resolve("report.html");
    }
}
