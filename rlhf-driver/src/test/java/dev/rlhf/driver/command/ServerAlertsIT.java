package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.testing.FaultyProxy;
import dev.rlhf.testing.prometheus.LocalPrometheus;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faults of a generation server fire the alerts on it, in a real Prometheus that scrapes the run. */
class ServerAlertsIT {
    private static final int SAMPLES = 4;

    private static final String MODEL = """
            {kind: random, hidden-size: 16, layers: 1, attention-heads: 2, key-value-heads: 1, head-size: 8, \
            intermediate-size: 32, context-length: 32, \
            tokenizer: {kind: characters, alphabet: "abcdefghijklmnopqrstuvwxyz>"}}
            """;

    private static final String RECIPE = """
            name: %s
            deadline-seconds: 40
            generation: {kind: vllm, endpoints: ["%s"], largest-gap: %s}
            model: %s
            checkpoint: {every-steps: 100000, keep: 1}
            stages:
              - name: grpo
                kind: grpo
                steps: 100000
                prompts-per-step: 4
                epochs-per-batch: 2
                sampling: {samples-per-prompt: %d, max-tokens: 3}
                data: {kind: spelling}
                rewards: [{kind: position-match}]
                optimiser: {learning-rate: 3e-2}
            """;

    @TempDir
    Path folder;

    private final int port = LocalPrometheus.freePort();
    private final int serverPort = LocalPrometheus.freePort();
    private LocalPrometheus prometheus;
    /** Replaced by a thread of the proxy. */
    private volatile RlhfProcess server;

    private FaultyProxy proxy;

    @BeforeEach
    void start() throws IOException {
        prometheus =
                LocalPrometheus.start(folder, List.of(new LocalPrometheus.Target("rlhf", port)), Alerts.atOnce(folder));
        Path spec = Files.writeString(folder.resolve("model.yaml"), MODEL);
        Invocation.of("init", spec.toString(), "--to", folder.resolve("base").toString())
                .assertDone();
        proxy = FaultyProxy.before(URI.create("http://127.0.0.1:" + serverPort), FaultyProxy.Meddling.NONE);
        server = serve();
    }

    @AfterEach
    void stop() {
        server.close();
        proxy.close();
        prometheus.close();
    }

    @Test
    void refusedRequestsARestartAndSilenceFireTheirAlertsAndTheRunOutlivesThem() throws IOException {
        double start = prometheus.now();
        try (RlhfProcess run = run("served", "0.1")) {
            steps("served", 3);
            require(start, "rlhf_step", "RlhfServerFaults", "RlhfServerRestarted", "RlhfDriverWaits");
            AtomicInteger asked = new AtomicInteger();
            proxy.plant((path, body) -> asksForSamples(path, body) && asked.incrementAndGet() % 2 == 0
                    ? Optional.empty()
                    : Optional.of(body));
            Alerts.await(prometheus, "served", "RlhfServerFaults");
            require(start, "rlhf_step", "RlhfServerRestarted", "RlhfDriverWaits");
            restart();
            Alerts.await(prometheus, "served", "RlhfServerRestarted");
            CountDownLatch mended = hang();
            Alerts.await(prometheus, "served", "RlhfDriverWaits");
            mended.countDown();
            prometheus.await("a run that goes on", () -> !Alerts.fire(prometheus, "RlhfDriverWaits"));
            steps("served", 3);
            assertThat(run.isAlive()).as(run.printed()).isTrue();
        }
    }

    /** Who silences the check by which a run stops at such a server has the alert left. */
    @Test
    void aServerThatDrawsFromAnotherDistributionFiresTheAlertOnAKlBelowZero() throws IOException {
        double start = prometheus.now();
        try (RlhfProcess run = run("right", "100")) {
            steps("right", 10);
            run.kill();
        }
        require(start, "rlhf_kl", "RlhfKlNegative");
        proxy.plant((path, body) -> Optional.of(
                asksForSamples(path, body) ? body.replace("\"temperature\":1.0", "\"temperature\":100.0") : body));
        try (RlhfProcess run = run("estranged", "100")) {
            Alerts.await(prometheus, "estranged", "RlhfKlNegative");
            assertThat(prometheus.query("rlhf_rollout_gap{run=\"estranged\"} > 1"))
                    .as("what the runbook has one look at")
                    .isNotEmpty();
            run.kill();
        }
    }

    /** The server is killed when samples are asked for; a new process, which has the weights it was started on, answers. */
    private void restart() {
        AtomicBoolean due = new AtomicBoolean(true);
        proxy.plant((path, body) -> {
            if (asksForSamples(path, body) && due.getAndSet(false)) {
                server.kill();
                server = serve();
            }
            return Optional.of(body);
        });
    }

    /** Not for the log-probs by which it is seen whether the server has the weights. */
    private static boolean asksForSamples(String path, String body) {
        return path.equals("/v1/completions") && body.contains("\"n\":" + SAMPLES);
    }

    private CountDownLatch hang() {
        CountDownLatch mended = new CountDownLatch(1);
        proxy.plant((path, body) -> {
            mended.await();
            return Optional.of(body);
        });
        return mended;
    }

    private RlhfProcess serve() {
        return RlhfProcess.start(
                folder.resolve("serve.log"),
                "serve",
                folder.resolve("base").toString(),
                "--port",
                String.valueOf(serverPort));
    }

    private RlhfProcess run(String name, String largestGap) throws IOException {
        Path recipe = Files.writeString(
                folder.resolve(name + ".yaml"), RECIPE.formatted(name, proxy.endpoint(), largestGap, MODEL, SAMPLES));
        return RlhfProcess.run(recipe, folder.resolve(name), port, Map.of(), List.of());
    }

    /** Waits until so many more steps are done. */
    private void steps(String run, int count) {
        String step = "rlhf_step{run=\"" + run + "\"}";
        prometheus.await("a step", () -> !prometheus.query(step).isEmpty());
        double done = prometheus.query(step).get(0).path("value").path(1).asDouble();
        prometheus.await(
                "steps", () -> !prometheus.query(step + " > " + (done + count)).isEmpty());
    }

    private void require(double start, String during, String... alerts) {
        Alerts.requireSilence(prometheus, start, during, alerts);
    }
}
