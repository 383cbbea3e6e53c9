package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.rollout.GenerationHost;
import dev.rlhf.core.rollout.GenerationSettings;
import dev.rlhf.core.rollout.ServerAccess;
import dev.rlhf.testing.NotingServer;
import dev.rlhf.testing.prometheus.LocalPrometheus;
import dev.rlhf.testing.ray.FakeJobServer;
import dev.rlhf.testing.ray.LocalRayCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys that a run is given arrive where they are asked for, and stand nowhere else. */
@Timeout(600)
class SecretsIT {
    private static final String OF_SERVER = "canary-of-the-generation-server";
    private static final String OF_JUDGE = "canary-of-the-judge";
    private static final String OF_TRACKER = "canary-of-the-tracker";
    private static final String OF_CLUSTER = "canary-of-the-cluster";
    private static final KeySearch KEYS = new KeySearch(List.of(OF_SERVER, OF_JUDGE, OF_TRACKER, OF_CLUSTER));
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What the recipe tells openly, so that a search that finds nothing has looked. */
    private static final String OPENLY = "the-openly-named-judge";

    @TempDir
    static Path folder;

    private static GenerationHost.Running generation;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch looked = new CountDownLatch(1);

    @BeforeAll
    static void serve() throws IOException {
        Path spec = Files.writeString(
                folder.resolve("model.yaml"),
                SmallRecipe.HEAD.lines().skip(1).findFirst().orElseThrow().replaceFirst("model: ", "") + "\n");
        Path model = folder.resolve("model");
        Invocation.of("init", spec.toString(), "--to", model.toString()).assertDone();
        generation = GenerationHost.find()
                .start(
                        new GenerationSettings(model, "127.0.0.1", 0, "policy", 8, 1, null),
                        new ServerAccess(Optional.of(OF_SERVER), ServerAccess.USUAL_REQUESTS));
    }

    @AfterAll
    static void stop() {
        generation.close();
    }

    @Test
    void aRunTellsNoneOfItsKeys() throws Exception {
        Path out = folder.resolve("run");
        int port = LocalPrometheus.freePort();
        try (NotingServer others = NotingServer.startSelfSigned(folder, this::reply);
                RlhfProcess run = run(
                        out,
                        others.address(),
                        Map.of("JDK_JAVA_OPTIONS", NotingServer.trusting(folder)),
                        "--metrics-port",
                        String.valueOf(port))) {
            assertThat(asked.await(3, TimeUnit.MINUTES)).as(run.printed()).isTrue();
            List<String> told = new ArrayList<>(run.commandLines());
            assertThat(told).anySatisfy(line -> assertThat(line).contains(out.toString()));
            told.add(scrapedBesideSilentClients(port));
            looked.countDown();
            assertThat(run.exitCode()).as(run.printed()).isZero();
            told.add(run.printed());
            assertThat(others.authorizations()).contains("Bearer " + OF_JUDGE, "Bearer " + OF_TRACKER);
            assertThat(told).allSatisfy(KEYS::assertUntold);
        }
        assertThat(KeySearch.files(out, OPENLY))
                .contains("resolved.yaml", "recipe.yaml", "report.html", "samples.jsonl");
        assertThat(out.resolve("metrics.jsonl")).isNotEmptyFile();
        assertThat(out.resolve("rlhf.log")).isNotEmptyFile();
        KEYS.assertNotKept(out);
    }

    @Test
    void aRunOnRayTellsNoneOfItsKeys() throws Exception {
        Path out = folder.resolve("on-ray");
        looked.countDown();
        try (LocalRayCluster cluster = LocalRayCluster.start(Path.of(System.getProperty("ray.environment")), 2, 2);
                NotingServer others = NotingServer.start(this::reply);
                RlhfProcess run = run(
                        out,
                        others.address(),
                        Map.of("RLHF_RAY_PYTHON", cluster.python().toString()),
                        "--set",
                        "runtime=ray",
                        "--set",
                        "runtime.address=" + cluster.address())) {
            assertThat(asked.await(3, TimeUnit.MINUTES)).as(run.printed()).isTrue();
            List<String> processes = ProcessHandle.current()
                    .descendants()
                    .map(one -> KeySearch.text(Path.of("/proc", String.valueOf(one.pid()), "cmdline")))
                    .toList();
            assertThat(processes).anySatisfy(line -> assertThat(line).contains("raylet"));
            assertThat(run.exitCode()).as(run.printed()).isZero();
            assertThat(others.authorizations()).contains("Bearer " + OF_JUDGE, "Bearer " + OF_TRACKER);
            assertThat(processes).allSatisfy(KEYS::assertUntold);
            KEYS.assertUntold(run.printed());
            assertThat(KeySearch.files(cluster.folder(), "raylet")).isNotEmpty();
            KEYS.assertNotKept(cluster.folder());
        }
        assertThat(KeySearch.files(out, OPENLY)).contains("resolved.yaml");
        KEYS.assertNotKept(out);
    }

    @Test
    void aKeyThatIsNotTakenIsNotTold() {
        Path out = folder.resolve("refused");
        try (NotingServer others = NotingServer.start(this::reply);
                RlhfProcess run = run(out, others.address(), Map.of("VLLM_API_KEY", OF_CLUSTER))) {
            assertThat(run.exitCode()).as(run.printed()).isEqualTo(ErrorKind.RESOURCE.exitCode());
            assertThat(run.printed()).contains("answered 401", "VLLM_API_KEY");
            KEYS.assertUntold(run.printed());
        }
        KEYS.assertNotKept(out);
    }

    @Test
    void aSubmittedJobTakesNoKeyWithIt() throws IOException {
        Path token = Files.writeString(folder.resolve("token"), OF_CLUSTER + "\n");
        Path recipe = new SmallRecipe(folder).with(SmallRecipe.SFT);
        Path log = folder.resolve("submit.log");
        Map<String, String> environment = environment(Map.of("RAY_AUTH_TOKEN_FILE", token.toString()));
        try (FakeJobServer cluster = FakeJobServer.start();
                RlhfProcess submit = RlhfProcess.start(
                        log,
                        environment,
                        "submit",
                        recipe.toString(),
                        "--home",
                        "/opt/rlhf",
                        "--out",
                        "/runs/a",
                        "--address",
                        cluster.address().toString())) {
            assertThat(submit.exitCode()).as(submit.printed()).isZero();
            assertThat(cluster.tokens()).containsOnly("Bearer " + OF_CLUSTER);
            KEYS.assertUntold(submit.printed());
            assertThat(cluster.submitted()).hasSize(1).allSatisfy(KEYS::assertUntold);
            assertThat(cluster.packages()).isNotEmpty();
            for (Map.Entry<String, byte[]> sent : cluster.packages().entrySet()) {
                Path zip = Files.write(folder.resolve(sent.getKey()), sent.getValue());
                try (FileSystem unpacked = FileSystems.newFileSystem(zip)) {
                    assertThat(KeySearch.files(unpacked.getPath("/"), "name: small"))
                            .isNotEmpty();
                    KEYS.assertNotKept(unpacked.getPath("/"));
                }
            }
        }
    }

    /** A password in an address is not used at all: whoever reads the process' arguments would have it. */
    @Test
    void anAddressWithAPasswordIsRefusedAndThePasswordNotTold() {
        for (String address :
                List.of("http://me:%s@localhost:1", "ftp://me:%s@localhost", "http://me:%s@a b", "//%s@")) {
            Invocation refused = Invocation.of("status", "job", "--address", address.formatted(OF_CLUSTER));
            refused.assertRefused(ErrorKind.USER.exitCode(), "address");
            KEYS.assertUntold(refused.err() + refused.out());
        }
    }

    /** The witness of the tests above: the search finds what is there. */
    @Test
    void aKeyThatIsWrittenIsFound() throws IOException {
        Path written = Files.createDirectories(folder.resolve("written/deep"));
        Files.writeString(written.resolve("a.log"), "Authorization: Bearer " + OF_JUDGE);
        assertThat(KeySearch.files(folder.resolve("written"), OF_JUDGE)).containsExactly("deep/a.log");
    }

    private static RlhfProcess run(Path out, URI others, Map<String, String> more, String... options) {
        Path recipe = new SmallRecipe(folder)
                .file(out.getFileName() + ".yaml", """
                name: small
                deadline-seconds: 120
                generation: {kind: vllm, endpoints: ["%s"]}
                model: {kind: directory, path: model}
                trackers: [{kind: mlflow, url: "%s", experiment: a, key-variable: TRACKER_KEY}]
                stages:
                  - name: grpo
                    kind: grpo
                    steps: 2
                    prompts-per-step: 2
                    sampling: {samples-per-prompt: 2, max-tokens: 4}
                    data: {kind: spelling}
                    rewards: [{kind: http, name: %s, url: "%s", batch-size: 3, key-variable: JUDGE_KEY}]
                """.formatted(generation.endpoint(), others, OPENLY, others));
        List<String> arguments = new ArrayList<>(List.of("run", recipe.toString(), "--out", out.toString()));
        arguments.addAll(List.of(options));
        return RlhfProcess.start(
                folder.resolve(out.getFileName() + ".printed"), environment(more), arguments.toArray(String[]::new));
    }

    /** One key stands in a file, the others in variables. */
    private static Map<String, String> environment(Map<String, String> more) {
        try {
            Path judge = Files.writeString(folder.resolve("judge-key"), OF_JUDGE + "\n");
            Map<String, String> all = new HashMap<>(
                    Map.of("VLLM_API_KEY", OF_SERVER, "JUDGE_KEY_FILE", judge.toString(), "TRACKER_KEY", OF_TRACKER));
            all.putAll(more);
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Scores, once the test has looked around; anything else is an MLflow server's answer. */
    private String reply(String body) {
        if (!body.contains("\"completions\"")) {
            return "{\"experiment\":{\"experiment_id\":\"4\"},\"run\":{\"info\":{\"run_id\":\"abc\"}}}";
        }
        asked.countDown();
        try {
            assertThat(looked.await(3, TimeUnit.MINUTES)).isTrue();
            int count = JSON.readTree(body).path("completions").size();
            return "{\"scores\":" + Collections.nCopies(count, 0.5) + "}";
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A client that never ends its request, as many as the endpoint has threads, keeps nobody else out for long. */
    private static String scrapedBesideSilentClients(int port) throws IOException, InterruptedException {
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                socket.getOutputStream().write("GET /met".getBytes(StandardCharsets.US_ASCII));
                silent.add(socket);
            }
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                    .timeout(Duration.ofSeconds(30))
                    .build();
            String text = HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body();
            assertThat(text).contains("rlhf_run_info");
            return text;
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }
}
