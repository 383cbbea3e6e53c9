package dev.rlhf.testing.vllm;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A vLLM server on this machine's processor, with the routes for training.
 *
 * <p>It can be killed as a node's end would kill it, and started anew at the same address.
 */
public final class LocalVllm implements AutoCloseable {
    /** Property that names the environment with vLLM in it; empty where the platform can have none. */
    public static final String ENVIRONMENT = "vllm.environment";

    private static final Duration START = Duration.ofMinutes(6);
    private static final int LAST_LINES = 30;
    private static final long POLL_MILLIS = 300;

    private final Settings settings;
    private final int port;
    private final Path log;
    private final Thread hook = new Thread(this::kill);
    private Process process;

    /**
     * How to start a server.
     *
     * @param model model directory
     * @param training whether it has the routes for training
     * @param flags further flags, e.g. {@code --max-model-len 64}
     */
    public record Settings(Path model, boolean training, List<String> flags) {
        /** Keeps its own copy of {@code flags}. */
        public Settings {
            flags = List.copyOf(flags);
        }

        /** A server as a run needs it. */
        public static Settings right(Path model) {
            return new Settings(model, true, List.of("--logprobs-mode", "processed_logprobs"));
        }
    }

    private LocalVllm(Settings settings, int port, Path log) {
        this.settings = settings;
        this.port = port;
        this.log = log;
        this.process = launch();
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Starts a server and returns at once; skips the test, saying why, where the platform has no vLLM. */
    public static LocalVllm start(Settings settings) {
        requireEnvironment();
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new LocalVllm(settings, free.getLocalPort(), Files.createTempFile("vllm-", ".log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The folder of the Python environment with vLLM, transformers and torch; skips the test where there is none. */
    public static String requireEnvironment() {
        String environment = System.getProperty(ENVIRONMENT, "");
        assumeTrue(
                !environment.isEmpty(),
                "there is no vLLM for this platform (Linux on x86-64 with Python 3.11 or newer is needed)");
        return environment;
    }

    /** Its address. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Returns when it is healthy. */
    public LocalVllm awaitHealthy() {
        long end = System.nanoTime() + START.toNanos();
        while (!healthy()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new AssertionError("vLLM did not start; its last lines:\n" + lastLines());
            }
            try {
                process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while vLLM started", interrupted);
            }
        }
        return this;
    }

    /** Kills it as kill -9 does, every process of it, and starts it anew at the same address. */
    public void killAndRestart() {
        kill();
        process = launch();
    }

    private Process launch() {
        List<String> command = new ArrayList<>(List.of(
                Path.of(requireEnvironment(), "bin", "vllm").toString(),
                "serve",
                settings.model().toString(),
                "--host",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--served-model-name",
                "policy",
                "--dtype",
                "float32",
                "--enforce-eager"));
        command.addAll(settings.flags());
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().put("VLLM_CPU_KVCACHE_SPACE", "1");
        builder.environment().put("VLLM_NO_USAGE_STATS", "1");
        builder.environment().put("HF_HUB_OFFLINE", "1");
        builder.environment().put("VLLM_SERVER_DEV_MODE", settings.training() ? "1" : "0");
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean healthy() {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) endpoint().resolve("/health").toURL().openConnection();
            connection.setConnectTimeout(1000);
            connection.setReadTimeout(10_000);
            return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException notYet) {
            return false;
        }
    }

    private String lastLines() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        } catch (IOException e) {
            return "(its log cannot be read: " + e.getMessage() + ")";
        }
    }

    private void kill() {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(handle -> handle.onExit().join());
    }

    @Override
    public void close() {
        kill();
        Runtime.getRuntime().removeShutdownHook(hook);
        try {
            Files.deleteIfExists(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
