package dev.rlhf.config;

import java.nio.file.Path;

/**
 * Where a value was written.
 *
 * @param place what a message says, e.g. {@code recipes/ppo.yaml:17} or {@code --set seed=x}
 * @param directory what relative paths in the value are relative to
 */
record Origin(String place, Path directory) {}
