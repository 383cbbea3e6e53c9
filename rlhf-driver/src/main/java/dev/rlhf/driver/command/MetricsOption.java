package dev.rlhf.driver.command;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --metrics-port}. */
final class MetricsOption {
    @Option(
            names = "--metrics-port",
            paramLabel = "P",
            description = "serves Prometheus metrics on this port while the run lasts; 0 takes any free one")
    private @Nullable Integer port;

    OptionalInt port() {
        Integer given = port;
        return given == null ? OptionalInt.empty() : OptionalInt.of(given);
    }
}
