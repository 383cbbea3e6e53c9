package dev.rlhf.driver.track;

import java.nio.file.Path;
import java.util.Map;

/**
 * A run as trackers know it.
 *
 * @param name its name, that of its directory
 * @param directory its directory, where a tracker may keep what it needs to go on
 * @param settings every key of its recipe with its value
 * @param seconds when this process began it, in seconds since 1970
 */
public record TrackedRun(String name, Path directory, Map<String, String> settings, double seconds) {}
