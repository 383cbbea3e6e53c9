package dev.rlhf.driver.observe;

import dev.rlhf.core.base.RlhfException;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Where a run's numbers are served.
 *
 * @param host address to listen on; whoever reaches it can read the numbers
 * @param port port, 0 for any free one
 */
public record MetricsAddress(String host, int port) {
    /** This machine alone. */
    public static final String LOOPBACK = "127.0.0.1";

    private static final int LARGEST_PORT = 65_535;

    /** Checks the port; throws USER. */
    public MetricsAddress {
        if (port < 0 || port > LARGEST_PORT) {
            throw RlhfException.user("--metrics-port must be from 0 to " + LARGEST_PORT + ", not " + port);
        }
    }

    /** This machine's. */
    public static MetricsAddress local(int port) {
        return new MetricsAddress(LOOPBACK, port);
    }

    /** The options by which a command is told the same. */
    public List<String> options() {
        List<String> ofPort = List.of("--metrics-port", String.valueOf(port));
        return host.equals(LOOPBACK) ? ofPort : List.of("--metrics-host", host, ofPort.get(0), ofPort.get(1));
    }

    /** The address as Java takes it; throws USER when there is no such host. */
    InetSocketAddress socket() {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw RlhfException.user("--metrics-host " + host + " is no address of this machine");
        }
        return address;
    }
}
