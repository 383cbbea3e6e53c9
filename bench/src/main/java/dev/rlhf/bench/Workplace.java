package dev.rlhf.bench;

import java.nio.file.Path;

/**
 * Where and how the measurements are made.
 *
 * @param root the repository
 * @param folder an empty folder for models and logs
 * @param python interpreter of the peers
 * @param threads intra-op threads of either side, at least 1
 * @param pairs timed pairs of blocks, at least 1
 */
record Workplace(Path root, Path folder, String python, int threads, int pairs) {
    /** Folder of the peers' scripts. */
    Path peers() {
        return root.resolve("bench/peers");
    }
}
