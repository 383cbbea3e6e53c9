package dev.rlhf.driver.command;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.observe.MetricsAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --metrics-port} and {@code --metrics-host}. */
final class MetricsOption {
    @Option(
            names = "--metrics-port",
            paramLabel = "P",
            description = "serves Prometheus metrics on this port while the run lasts; 0 takes any free one")
    private @Nullable Integer port;

    @Option(
            names = "--metrics-host",
            paramLabel = "HOST",
            description = "address on which metrics are served, e.g. 0.0.0.0 in a pod (default: "
                    + MetricsAddress.LOOPBACK + ", this machine alone)")
    private @Nullable String host;

    Optional<MetricsAddress> address() {
        if (port == null && host != null) {
            throw RlhfException.user("--metrics-host goes with --metrics-port");
        }
        return Optional.ofNullable(port)
                .map(given -> new MetricsAddress(Optional.ofNullable(host).orElse(MetricsAddress.LOOPBACK), given));
    }
}
