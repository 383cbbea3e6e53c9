package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.driver.observe.DashboardPlan;
import dev.rlhf.testing.prometheus.LocalPrometheus;
import dev.rlhf.testing.vllm.KillingProxy;
import dev.rlhf.testing.vllm.LocalVllm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ways in which a real vLLM would let a run learn from wrong weights or a wrong distribution, with exit code 0 and no word. */
class VllmFaultsIT {
    private static final int REFUSED = ErrorKind.RESOURCE.exitCode();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double SAME = 1e-4;

    @TempDir
    static Path folder;

    private static final List<LocalVllm> SERVERS = new ArrayList<>();

    /** As a run needs it, of a model whose embeddings are not tied. */
    private static LocalVllm right;
    /** Of a model with tied embeddings, telling log-probs of the plain distribution. */
    private static LocalVllm tied;
    /** Without the routes for training, and with a short context. */
    private static LocalVllm bare;

    @BeforeAll
    static void start() throws IOException {
        init("untied", false);
        init("tied", true);
        // What a server fills in where a request leaves it out; no run may notice.
        Files.writeString(folder.resolve("untied").resolve("generation_config.json"), """
                {"eos_token_id": [0, 7], "repetition_penalty": 3.0, "temperature": 0.5, "top_k": 5, "top_p": 0.7, "min_p": 0.2}
                """);
        right = start(LocalVllm.Settings.right(folder.resolve("untied")));
        tied = start(new LocalVllm.Settings(folder.resolve("tied"), true, List.of()));
        bare = start(new LocalVllm.Settings(folder.resolve("untied"), false, List.of("--max-model-len", "16")));
        SERVERS.forEach(LocalVllm::awaitHealthy);
    }

    @AfterAll
    static void stop() {
        SERVERS.forEach(LocalVllm::close);
    }

    private static LocalVllm start(LocalVllm.Settings settings) {
        LocalVllm server = LocalVllm.start(settings);
        SERVERS.add(server);
        return server;
    }

    private static void init(String name, boolean tie) throws IOException {
        Path spec = Files.writeString(folder.resolve(name + ".yaml"), """
                kind: random
                hidden-size: 64
                layers: 2
                attention-heads: 2
                key-value-heads: 1
                head-size: 32
                intermediate-size: 128
                context-length: 64
                tie-embeddings: %s
                tokenizer: {kind: characters, alphabet: "abcdefghijklmnopqrstuvwxyz>"}
                """.formatted(tie));
        Invocation.of("init", spec.toString(), "--to", folder.resolve(name).toString())
                .assertDone();
    }

    @Test
    void aRunOnARightServerAgreesWithItAtEveryStep() throws IOException {
        run("right", "untied", right.endpoint(), 1.0).assertDone();
        requireAgreement("right", 3);
    }

    /** The panels that no server of ours can fill have a real vLLM's numbers in a real Prometheus. */
    @Test
    void whatItTellsFillsEveryPanelOfServers() throws IOException {
        List<LocalPrometheus.Target> targets =
                List.of(new LocalPrometheus.Target("vllm", right.endpoint().getPort()));
        try (LocalPrometheus prometheus =
                LocalPrometheus.start(Files.createDirectory(folder.resolve("panels")), targets, List.of())) {
            double start = prometheus.now();
            prometheus.await(
                    "scraped",
                    () -> !prometheus.query("vllm:num_requests_running").isEmpty());
            run("panels", "untied", right.endpoint(), 1.0).assertDone();
            List<DashboardPlan.Query> queries = DashboardPlan.read().dashboards().stream()
                    .flatMap(board -> board.panels().stream())
                    .filter(DashboardPlan.Panel::vllm)
                    .flatMap(panel -> panel.queries().stream())
                    .toList();
            assertThat(queries).hasSizeGreaterThan(5);
            for (DashboardPlan.Query query : queries) {
                prometheus.await(query.expr(), () -> PrometheusIT.hasNumbers(prometheus, start, query));
            }
        }
    }

    /** The witness of agreement: left alone, this server samples another distribution than the model's. */
    @Test
    void theServerOfTheseTestsFillsInWhatARequestLeavesOut() throws Exception {
        String request = "{\"model\":\"policy\",\"prompt\":[5,5,5,5],\"max_tokens\":1,\"logprobs\":0,\"seed\":1%s}";
        String stated = ",\"temperature\":1,\"top_k\":0,\"top_p\":1,\"min_p\":0,\"repetition_penalty\":1";
        assertThat(logProb(request.formatted(""))).isNotEqualTo(logProb(request.formatted(stated)));
    }

    private static double logProb(String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(right.endpoint().resolve("/v1/completions"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        String answer = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
        return JSON.readTree(answer).at("/choices/0/logprobs/token_logprobs/0").asDouble();
    }

    @Test
    void samplesOfAServerKilledWhileItWritesAreDrawnAgain() throws IOException {
        KillingProxy.Plan plan = new KillingProxy.Plan("/v1/completions", "\"max_tokens\":9", 6, false);
        try (KillingProxy proxy = KillingProxy.before(right, plan)) {
            run("killed", "untied", proxy.endpoint(), 1.0).assertDone();
            assertThat(proxy.kills()).as("the fault fired").isEqualTo(1);
        }
        requireAgreement("killed", 3);
        assertThat(log("killed")).contains("drawn again", "answers again after");
    }

    /** The third label is that of the first step's weights; what takes it is a process with its start-up weights. */
    @Test
    void aServerStartedAnewBetweenReloadAndLabelIsGivenTheWeightsAnew() throws IOException {
        KillingProxy.Plan plan = new KillingProxy.Plan("/update_weight_version", "v000002", 1, true);
        try (KillingProxy proxy = KillingProxy.before(right, plan)) {
            run("label", "untied", proxy.endpoint(), 1.0).assertDone();
            assertThat(proxy.kills()).as("the fault fired").isEqualTo(1);
        }
        requireAgreement("label", 3);
        assertThat(log("label")).contains("was started anew while it was given weights v000002");
    }

    /** The server was started on an untied copy of the run's tied model. */
    @Test
    void aTiedModelIsServedByItsUntiedCopy() throws IOException {
        run("copy", "tied", right.endpoint(), 1.0).assertDone();
        requireAgreement("copy", 3);
    }

    /** A reload does not reach the copy of the output head that vLLM keeps there, unless the head is stated. */
    @Test
    void aTiedModelIsServedRightWhereTheServerTiesItToo() throws IOException {
        run("tied", "tied", tied.endpoint(), 1.0).assertDone();
        requireAgreement("tied", 3);
    }

    @Test
    void aServerOfAnotherArchitectureIsRefusedBeforeAnythingTrains() {
        run("other", "untied", tied.endpoint(), 1.0)
                .assertRefused(REFUSED, address(tied), "does not compute with these weights", "another model");
        requireNothingTrained("other");
    }

    @Test
    void aServerThatTellsOtherLogProbsThanItSamplesFromIsRefused() {
        run("raw", "tied", tied.endpoint(), 0.7)
                .assertRefused(REFUSED, address(tied), "--logprobs-mode processed_logprobs");
        requireNothingTrained("raw");
    }

    @Test
    void aContextThatIsTooShortIsRefusedBeforeAnythingTrains() {
        run("short", "untied", bare.endpoint(), 1.0, "stages.grpo.sampling.max-tokens=20")
                .assertRefused(REFUSED, address(bare), "at most 16 tokens", "--max-model-len");
        requireNothingTrained("short");
    }

    @Test
    void aServerWithoutItsRoutesForTrainingIsToldHowToStart() {
        run("bare", "untied", bare.endpoint(), 1.0).assertRefused(REFUSED, address(bare), "VLLM_SERVER_DEV_MODE=1");
        requireNothingTrained("bare");
    }

    @Test
    void aModelOfAnotherNameAndATemperatureThatVllmRefusesAreTheRecipesMistakes() {
        int user = ErrorKind.USER.exitCode();
        run("name", "untied", right.endpoint(), 1.0, "generation.model-name=other")
                .assertRefused(user, address(right), "no model 'other', but policy");
        run("hot", "untied", right.endpoint(), 3.0).assertRefused(user, "sampling.temperature 3.0");
    }

    private static Invocation run(String name, String model, URI endpoint, double temperature, String... settings) {
        Path recipe = folder.resolve(name + "-run.yaml");
        try {
            Files.writeString(recipe, """
                    name: vllm
                    deadline-seconds: 900
                    generation: {kind: vllm, endpoints: ["%s"]}
                    model: {kind: directory, path: "%s"}
                    stages:
                      - name: grpo
                        kind: grpo
                        steps: 3
                        prompts-per-step: 4
                        sampling: {samples-per-prompt: 2, max-tokens: 9, temperature: %s}
                        data: {kind: spelling}
                        rewards: [{kind: position-match}]
                        optimiser: {learning-rate: 1e-3}
                    """.formatted(endpoint, folder.resolve(model), temperature));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> arguments = new ArrayList<>(List.of(
                "run", recipe.toString(), "--out", folder.resolve(name + "-run").toString()));
        for (String setting : settings) {
            arguments.add("--set");
            arguments.add(setting);
        }
        return Invocation.of(arguments.toArray(String[]::new));
    }

    private static void requireAgreement(String name, int steps) throws IOException {
        List<String> lines = Files.readAllLines(folder.resolve(name + "-run").resolve("metrics.jsonl"));
        assertThat(lines).hasSize(steps);
        for (String line : lines) {
            JsonNode step = JSON.readTree(line);
            assertThat(step.path("rollout_gap").asDouble(1)).as(line).isLessThan(SAME);
            assertThat(step.path("sync_gap").asDouble(1)).as(line).isLessThan(SAME);
        }
        assertThat(JSON.readTree(lines.get(0)).path("kl").asDouble(1))
                .as("policy and reference are equal at the first step")
                .isBetween(-SAME, SAME);
    }

    private static void requireNothingTrained(String name) {
        assertThat(folder.resolve(name + "-run").resolve("metrics.jsonl")).doesNotExist();
    }

    private static String log(String name) throws IOException {
        return Files.readString(folder.resolve(name + "-run").resolve("rlhf.log"));
    }

    private static String address(LocalVllm server) {
        return "generation server " + server.endpoint();
    }
}
