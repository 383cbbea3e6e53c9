package dev.rlhf.driver.submit;

import dev.rlhf.driver.checkpoint.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A zip that Ray unpacks on every node where the job needs it.
 *
 * <p>Its name is its content: a cluster that has it is not sent it again.
 *
 * @param name the name it has in the cluster
 * @param file the zip here
 */
record JobPackage(String name, Path file) {
    /** Bytes that Ray's job server takes at once (100 MiB), with something to spare. */
    static final long MOST_BYTES = 96L << 20;

    private static final String ENDING = ".zip";
    private static final int DIGITS = 32;

    /** The package of a finished zip. */
    static JobPackage of(Path zip) throws IOException {
        return new JobPackage("_ray_pkg_" + Sha256.of(zip).substring(0, DIGITS) + ENDING, zip);
    }

    /** What a job calls it. */
    String uri() {
        return "gcs://" + name;
    }

    /** The folder into which Ray unpacks it as a package of jars, relative to the job's working directory, on every node. */
    String folderOfJars() {
        return "../../java_jars_files/" + name.substring(0, name.length() - ENDING.length());
    }

    long bytes() throws IOException {
        return Files.size(file);
    }
}
