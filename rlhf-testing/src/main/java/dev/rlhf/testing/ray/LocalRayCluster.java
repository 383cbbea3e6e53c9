package dev.rlhf.testing.ray;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A real Ray cluster of this machine alone: a head and more nodes, each with its own raylet, on free ports and in a folder of its
 * own.
 *
 * <p>Other clusters of the machine are left alone, which {@code ray stop} would not do: only processes started here are ended, also
 * when the test's process is told to stop.
 */
public final class LocalRayCluster implements AutoCloseable {
    private static final Pattern HEAD_STARTED = Pattern.compile("ray start --address='([^']+)'");
    private static final Pattern STARTED = Pattern.compile("(Ray runtime started)");
    private static final int START_SECONDS = 120;
    private static final int STOP_SECONDS = 20;

    private final Path environment;
    private final Path folder;
    private final List<Process> nodes = new ArrayList<>();
    private final Thread hook = new Thread(this::end);
    private final Hosts hosts;
    private String address = "";

    private LocalRayCluster(Path environment, Path folder, Hosts hosts) {
        this.environment = environment;
        this.folder = folder;
        this.hosts = hosts;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * Starts a cluster.
     *
     * @param environment virtual environment with Ray in it
     * @param nodes number of nodes, at least one
     * @param cpus CPUs that each node offers
     */
    public static LocalRayCluster start(Path environment, int nodes, int cpus) {
        return start(environment, nodes, cpus, Hosts.one());
    }

    /**
     * Starts a cluster whose nodes see of each other's files what {@code hosts} lets them see.
     *
     * <p>Node i offers 1000 of the resource {@code node-i}.
     */
    public static LocalRayCluster start(Path environment, int nodes, int cpus, Hosts hosts) {
        try {
            // Sockets lie below it, and the path of a socket holds 107 characters.
            LocalRayCluster cluster =
                    new LocalRayCluster(environment, Files.createTempDirectory(Path.of("/tmp"), "rlhf-ray-"), hosts);
            try {
                List<String> head = new ArrayList<>(List.of("--head", "--port=0", "--temp-dir=" + cluster.folder));
                head.addAll(hosts.dashboard());
                cluster.address = cluster.startNode(cpus, HEAD_STARTED, head);
                for (int i = 1; i < nodes; i++) {
                    cluster.addNode(cpus);
                }
                return cluster;
            } catch (RuntimeException e) {
                cluster.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** host:port of the head. */
    public String address() {
        return address;
    }

    /** Address of the job server; only a cluster with {@link Hosts#apart} has one. */
    public String jobServer() {
        return hosts.jobServer();
    }

    /** What its processes write, their logs among it; gone when it is closed. */
    public Path folder() {
        return folder;
    }

    /** The interpreter that has Ray. */
    public Path python() {
        return environment.resolve("bin/python");
    }

    /** Starts one more node, which offers 1000 of these resources as well; returns its number. */
    public int addNode(int cpus, String... resources) {
        startNode(cpus, STARTED, List.of("--address=" + address), resources);
        return nodes.size() - 1;
    }

    /** Ends a node as a power cut would: its raylet and all its workers; the head is node 0. */
    public void killNode(int node) {
        kill(nodes.get(node));
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(hook);
        end();
    }

    private void end() {
        nodes.forEach(LocalRayCluster::kill);
        // Whatever outlived its node's process, e.g. because that failed on its way, carries the folder in its command.
        List<ProcessHandle> left =
                ProcessHandle.allProcesses().filter(this::isOurs).toList();
        left.forEach(ProcessHandle::destroyForcibly);
        CompletableFuture.allOf(left.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new))
                .orTimeout(STOP_SECONDS, TimeUnit.SECONDS)
                .join();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isOurs(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
                    .contains(folder.toString());
        } catch (IOException ended) {
            return false;
        }
    }

    /** Starts a node and returns what it says in the place of the pattern's group. */
    private String startNode(int cpus, Pattern started, List<String> options, String... resources) {
        List<String> command = new ArrayList<>(List.of(
                environment.resolve("bin/ray").toString(),
                "start",
                "--block",
                "--disable-usage-stats",
                "--num-cpus=" + cpus,
                "--object-store-memory=" + (200 << 20),
                "--min-worker-port=0",
                "--max-worker-port=0",
                "--dashboard-agent-listen-port=0",
                "--resources="
                        + Stream.concat(Stream.of("node-" + nodes.size()), Stream.of(resources))
                                .map(name -> "\"" + name + "\": 1000")
                                .collect(Collectors.joining(", ", "{", "}"))));
        command.addAll(options);
        command.addAll(hosts.address(nodes.size()));
        ProcessBuilder builder = new ProcessBuilder(hosts.on(nodes.size(), folder, command))
                .directory(new File("/"))
                .redirectErrorStream(true);
        builder.environment().remove("RAY_ADDRESS");
        String own = System.getProperty("java.home") + "/bin:" + environment.resolve("bin");
        builder.environment().merge("PATH", own, (path, first) -> first + ":" + path);
        try {
            Process node = builder.start();
            nodes.add(node);
            return awaitLine(node, started);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String awaitLine(Process node, Pattern pattern) {
        Queue<String> said = new ConcurrentLinkedQueue<>();
        CompletableFuture<String> started = new CompletableFuture<>();
        Thread reader = new Thread(
                () -> {
                    try (BufferedReader lines =
                            new BufferedReader(new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8))) {
                        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                            said.add(line);
                            Matcher match = pattern.matcher(line);
                            if (match.find()) {
                                started.complete(match.group(1));
                            }
                        }
                        started.completeExceptionally(new IOException("ray start ended"));
                    } catch (IOException e) {
                        started.completeExceptionally(e);
                    }
                },
                "ray start");
        reader.setDaemon(true);
        reader.start();
        try {
            return started.get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | InterruptedException e) {
            throw new IllegalStateException(
                    "the Ray node did not start (" + e + "); it said:\n" + String.join("\n", said), e);
        }
    }

    private static void kill(Process node) {
        node.descendants().forEach(ProcessHandle::destroyForcibly);
        node.destroyForcibly();
    }
}
