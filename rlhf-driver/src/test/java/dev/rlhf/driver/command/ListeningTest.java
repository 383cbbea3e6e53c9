package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.actors.ActorNumber;
import dev.rlhf.actors.ActorVitals;
import dev.rlhf.actors.GenerationPlace;
import dev.rlhf.actors.RolloutActor;
import dev.rlhf.actors.RolloutSettings;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.rollout.GenerationHost;
import dev.rlhf.core.rollout.GenerationSettings;
import dev.rlhf.core.rollout.ServerAccess;
import dev.rlhf.driver.observe.MetricsAddress;
import dev.rlhf.driver.observe.MetricsEndpoint;
import dev.rlhf.driver.observe.RunLabels;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where servers of ours listen, and whom they answer, before anyone has said anything. */
@Timeout(120)
class ListeningTest {
    /** Another address of every machine: who listens on 127.0.0.1 alone is not found there. */
    private static final String ELSEWHERE = "127.0.0.2";

    private static final RunLabels RUN = new RunLabels("run-1", Map.of(), 300, 3, 600);

    @TempDir
    static Path folder;

    private static Path model;

    @BeforeAll
    static void train() {
        SmallRecipe small = new SmallRecipe(folder);
        small.with(SmallRecipe.SFT);
        small.run().assertDone();
        model = small.out().resolve("model");
    }

    @Test
    void metricsAreServedToThisMachineAloneUnlessTold() throws IOException {
        try (MetricsEndpoint local = MetricsEndpoint.start(MetricsAddress.local(0), RUN)) {
            connect("127.0.0.1", local.port());
            assertThatThrownBy(() -> connect(ELSEWHERE, local.port())).isInstanceOf(ConnectException.class);
        }
        try (MetricsEndpoint everywhere = MetricsEndpoint.start(new MetricsAddress("0.0.0.0", 0), RUN)) {
            connect(ELSEWHERE, everywhere.port());
        }
    }

    @Test
    void theOptionsOfAMetricsAddressGoTogether() {
        Invocation alone = Invocation.of("run", "small.yaml", "--metrics-host", "0.0.0.0");
        alone.assertRefused(ErrorKind.USER.exitCode(), "--metrics-host goes with --metrics-port");
        assertThat(new MetricsAddress("0.0.0.0", 9).options())
                .containsExactly("--metrics-host", "0.0.0.0", "--metrics-port", "9");
        assertThat(MetricsAddress.local(9).options()).containsExactly("--metrics-port", "9");
    }

    @Test
    void aServedModelIsServedToThisMachineAlone() throws IOException {
        GenerationSettings settings = new GenerationSettings(model, "127.0.0.1", 0, "policy", 4, 1, null);
        try (GenerationHost.Running server = GenerationHost.find().start(settings, ServerAccess.OPEN)) {
            connect("127.0.0.1", server.endpoint().getPort());
            assertThatThrownBy(() -> connect(ELSEWHERE, server.endpoint().getPort()))
                    .isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void withoutAKeyAModelIsServedNowhereElse() {
        for (String host : List.of("0.0.0.0", "::")) {
            Invocation.of("serve", model.toString(), "--port", "0", "--host", host)
                    .assertRefused(
                            ErrorKind.USER.exitCode(),
                            "--host " + host + " is reached from other machines",
                            "can replace its weights",
                            "VLLM_API_KEY",
                            "VLLM_API_KEY_FILE");
        }
        Invocation.of("serve", model.toString(), "--port", "0", "--host", "no.such.host.invalid")
                .assertRefused(ErrorKind.USER.exitCode(), "--host no.such.host.invalid is no address");
    }

    /** Users of one machine share its loopback; the server of a rollout actor is for that actor alone. */
    @Test
    void anActorsOwnServerAnswersNobodyElse() throws IOException, InterruptedException {
        GenerationPlace place = new GenerationPlace.Embedded(model.toString(), 4, 1, null);
        try (RolloutActor actor = new RolloutActor(new RolloutSettings(place, List.of(0), null, 60).bytes())) {
            URI address = ActorVitals.ofThisProcess("", actor.numbers()).numbers().stream()
                    .map(ActorNumber::of)
                    .filter(server -> !server.isEmpty())
                    .map(URI::create)
                    .findFirst()
                    .orElseThrow();
            assertThat(address.getHost()).isEqualTo("127.0.0.1");
            String reload = "{\"method\":\"reload_weights\",\"kwargs\":{\"weights_path\":\"" + model + "\"}}";
            for (String path : List.of("/collective_rpc", "/v1/completions", "/pause", "/update_weight_version")) {
                assertThat(post(address.resolve(path), reload)).as(path).isEqualTo(401);
            }
        }
    }

    private static int post(URI address, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static void connect(String host, int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), 2000);
        }
    }
}
