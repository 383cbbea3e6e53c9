package dev.rlhf.actors.ray;

import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A living cluster of the same version as the wheel installed here.
 *
 * @param address host:port of its head
 * @param node address by which this machine is one of its nodes
 */
record RayCluster(String address, String node) {
    private static final String SCRIPT = "cluster.py";

    /**
     * Asks for the cluster at {@code address} before anything of Ray is started in this process, where a mismatch would end in a
     * crash.
     *
     * @throws RlhfException RESOURCE when nothing answers there in time; USER when its version is another, or when this machine
     *     is none of its nodes
     */
    static RayCluster reach(RayWheel wheel, String address, Duration deadline) {
        Map<String, String> found = ask(wheel, address, deadline);
        String version = found.getOrDefault("version", "");
        if (version.isEmpty()) {
            throw RlhfException.user(wheel.python() + " cannot import ray; install it with " + wheel.python()
                    + " -m pip install 'ray[default]==" + RayWheel.TESTED + "'");
        }
        String failure = found.getOrDefault("failure", "");
        if (!failure.isEmpty()) {
            throw unreachable(address, failure);
        }
        String running = found.getOrDefault("cluster_version", "");
        if (!running.equals(version)) {
            throw RlhfException.user("the Ray cluster at " + found.get("address") + " is version " + running
                    + ", but the Ray installed here (" + wheel.python() + ") is version " + version
                    + "; install the cluster's version here: pip install 'ray[default]==" + running + "'");
        }
        List<String> nodes = List.of(found.getOrDefault("nodes", "").split(","));
        String node = nodes.stream()
                .filter(RayCluster::isHere)
                .findFirst()
                .orElseThrow(() -> RlhfException.user(
                        "this machine is no node of the Ray cluster at " + found.get("address") + ", whose nodes are "
                                + nodes + "; run ray start --address=" + found.get("address") + " here first"));
        return new RayCluster(found.getOrDefault("address", ""), node);
    }

    private static Map<String, String> ask(RayWheel wheel, String address, Duration deadline) {
        long seconds = deadline.toSeconds();
        try {
            Process python = new ProcessBuilder(
                            wheel.python().toString(), "-c", script(), address, Long.toString(seconds))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                if (!python.waitFor(seconds, TimeUnit.SECONDS)) {
                    throw unreachable(address, "no answer within " + seconds + " s");
                }
                return new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .map(line -> line.split("=", 2))
                        .filter(pair -> pair.length == 2)
                        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
            } finally {
                python.destroyForcibly();
            }
        } catch (IOException e) {
            throw RlhfException.resource("cannot run " + wheel.python() + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RlhfException.resource("the wait for the Ray cluster at " + address + " was interrupted", e);
        }
    }

    private static String script() throws IOException {
        try (InputStream text = RayCluster.class.getResourceAsStream(SCRIPT)) {
            if (text == null) {
                throw RlhfException.bug(SCRIPT + " is not on the class path");
            }
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static boolean isHere(String address) {
        try {
            return NetworkInterface.getByInetAddress(InetAddress.getByName(address)) != null;
        } catch (IOException e) {
            return false;
        }
    }

    private static RlhfException unreachable(String address, String reason) {
        String asked = address.equals("auto")
                ? "runtime.address auto finds no Ray cluster"
                : "no Ray cluster answers at " + address;
        return RlhfException.resource(
                asked + " (" + reason
                        + "); start one with ray start --head, or set runtime.address to host:port of its head",
                null);
    }
}
