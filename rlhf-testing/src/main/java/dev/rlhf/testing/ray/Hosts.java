package dev.rlhf.testing.ray;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What the nodes of a test's cluster see of each other's files.
 *
 * <p>Hosts apart are mount namespaces of this machine: each node has Ray's folder for itself, and none sees the hidden folders. What is
 * elsewhere they share, as a file system of a cluster is shared.
 */
public final class Hosts {
    private static final String MOUNT_THEN_EXEC =
            "for folder; do shift; [ \"$folder\" != -- ] || break; mount -t tmpfs none \"$folder\" || exit 1; done; exec \"$@\"";

    private static final int PROBE_SECONDS = 20;

    private final boolean addresses;
    private final boolean apart;
    private final List<Path> hidden;
    private final int port;

    private Hosts(boolean addresses, boolean apart, List<Path> hidden, int port) {
        this.addresses = addresses;
        this.apart = apart;
        this.hidden = hidden;
        this.port = port;
    }

    /** All nodes see all files and have one address; there is no job server. */
    public static Hosts one() {
        return new Hosts(false, false, List.of(), 0);
    }

    /** All nodes see all files, each has an address of its own, and a driver of this machine is one of the head; there is no job server. */
    public static Hosts byAddress() {
        return new Hosts(true, false, List.of(), 0);
    }

    /** Each node has an address and Ray's folder for itself and does not see the hidden ones; the head has a job server. */
    public static Hosts apart(List<Path> hidden) {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new Hosts(true, true, List.copyOf(hidden), free.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether this machine lets the test make hosts apart; a container without privileges may not. */
    public static boolean canBeApart() {
        List<String> command = new ArrayList<>(unshare());
        command.addAll(List.of("sh", "-c", "mount -t tmpfs none /mnt"));
        try {
            Process probe = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return probe.waitFor(PROBE_SECONDS, TimeUnit.SECONDS) && probe.exitValue() == 0;
        } catch (IOException missing) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    String jobServer() {
        return "http://127.0.0.1:" + port;
    }

    /** Options by which a node that is not the head has an address that no network interface of this machine has. */
    List<String> address(int node) {
        return addresses && node > 0 ? List.of("--node-ip-address=127.0.0." + (node + 1)) : List.of();
    }

    List<String> dashboard() {
        return apart
                ? List.of("--include-dashboard=true", "--dashboard-host=127.0.0.1", "--dashboard-port=" + port)
                : List.of("--include-dashboard=false");
    }

    /** The command as it is started on a node; the head keeps the cluster's folder, which a test may look into. */
    List<String> on(int node, Path folder, List<String> command) {
        if (!apart) {
            return command;
        }
        List<String> inside = new ArrayList<>(unshare());
        inside.addAll(List.of("sh", "-c", MOUNT_THEN_EXEC, "sh"));
        hidden.forEach(path -> inside.add(path.toString()));
        if (node > 0) {
            inside.add(folder.toString());
        }
        inside.add("--");
        inside.addAll(command);
        return inside;
    }

    private static List<String> unshare() {
        return System.getProperty("user.name").equals("root")
                ? List.of("unshare", "--mount")
                : List.of("unshare", "--map-root-user", "--mount");
    }
}
