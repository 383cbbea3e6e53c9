package dev.rlhf.rollout;

import static dev.rlhf.testing.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.reward.RewardContext;
import dev.rlhf.core.reward.RewardFunction;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.FinishReason;
import dev.rlhf.core.rollout.RolloutGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is asked of a service, and what becomes of its answers. */
@Timeout(120)
class HttpRewardTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Three groups of two: five responses of as many letters as their number, and one more. */
    private static final List<RolloutGroup> GROUPS =
            IntStream.range(0, 3).mapToObj(HttpRewardTest::group).toList();

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<JsonNode> requests = new CopyOnWriteArrayList<>();
    private final List<String> keys = new CopyOnWriteArrayList<>();
    private final Queue<Answer> next = new ConcurrentLinkedQueue<>();
    private @Nullable HttpServer server;

    /** An answer in place of the right one. */
    private record Answer(int status, String body) {}

    @BeforeEach
    void start() throws IOException {
        HttpServer started = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        started.setExecutor(threads);
        started.createContext("/score", this::answer);
        started.start();
        server = started;
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop(0);
        }
        threads.shutdownNow();
    }

    @Test
    void batchesGoOutAndScoresComeBackInOrder() {
        assertThat(score(reward(4, false, null))).isDeepEqualTo(new double[][] {{0, 1}, {2, 3}, {4, 5}});
        assertThat(requests).extracting(one -> one.path("completions").size()).containsExactlyInAnyOrder(4, 2);
        JsonNode request = requests.stream()
                .filter(one -> one.path("completions").size() == 2)
                .findFirst()
                .orElseThrow();
        assertThat(request.toString())
                .isEqualTo("{\"version\":1,\"completions\":["
                        + "{\"prompt_id\":\"words.txt:2\",\"prompt\":\"größe>\",\"response\":\"aaaa\",\"finish_reason\":\"stop\","
                        + "\"fields\":{\"answer\":\"eßörg\"}},"
                        + "{\"prompt_id\":\"words.txt:2\",\"prompt\":\"größe>\",\"response\":\"aaaaa\",\"finish_reason\":\"length\","
                        + "\"fields\":{\"answer\":\"eßörg\"}}]}");
        assertThat(keys).containsOnly("none");
    }

    @Test
    void tokenIdsAndAKeyAreSentWhereTheyAreAskedFor() {
        RewardContext context = new RewardContext(9, Optional.empty(), Optional.of("s3cret"));
        HttpReward reward = reward(64, true, "JUDGE_KEY");
        try (RewardFunction opened = reward.open(context)) {
            opened.score(GROUPS);
        }
        assertThat(requests.get(0)
                        .path("completions")
                        .get(3)
                        .path("response_token_ids")
                        .toString())
                .isEqualTo("[7,8,9]");
        assertThat(keys).containsExactly("Bearer s3cret");
        assertThat(context.toString() + reward).doesNotContain("s3cret");
        assertThat(reward.secretVariable()).contains("JUDGE_KEY");
    }

    @ParameterizedTest
    @CsvSource({"500,out of memory", "503,starting", "429,slow down", "200,<html>a proxy</html>"})
    void aPassingFaultIsMetAgain(int status, String body) {
        next.addAll(List.of(new Answer(status, body), new Answer(status, body + "!")));
        assertThat(score(reward(64, false, null))).isDeepEqualTo(new double[][] {{0, 1}, {2, 3}, {4, 5}});
        assertThat(requests).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | {\"scores\": [1, 2, 3]} | RESOURCE | was sent 6 completions and gave 3 scores",
                "200 | {\"scores\": [1, 2, 3, 4, 5, 6, 7]} | RESOURCE | gave 7 scores",
                "200 | {\"score\": 1} | RESOURCE | gave no list of scores",
                "200 | {\"scores\": [1, 2, 3, NaN, 5, 6]} | RESOURCE | gave the score NaN for prompt words.txt:1",
                "200 | {\"scores\": [1, 2, 3, 1e999, 5, 6]} | RESOURCE | for prompt words.txt:1",
                "200 | {\"scores\": [1, 2, 3, null, 5, 6]} | RESOURCE | gave the score null for prompt words.txt:1",
                "200 | {\"scores\": [1, 2, 3, \"4\", 5, 6]} | RESOURCE | gave the score \"4\" for prompt words.txt:1",
                "422 | {\"detail\": \"no field text\"} | USER | answered 422: {\"detail\": \"no field text\"}",
                "401 | who are you | RESOURCE | key-variable",
                "404 | nothing here | RESOURCE | look at the reward's url",
            })
    void whatIsWrongWithAnAnswerIsSaidWithAddressAndBatch(int status, String body, ErrorKind kind, String words) {
        next.add(new Answer(status, body));
        HttpReward reward = reward(64, false, null);
        assertFails(
                () -> score(reward),
                kind,
                words,
                reward.url().toString(),
                "completions 1 to 6 of 6, the first of prompt words.txt:0");
        assertThat(requests).hasSize(1);
    }

    @Test
    void anAnswerThatIsFarTooLongIsNotReadToItsEnd() {
        next.add(new Answer(200, "{\"scores\": [1, 2, 3, 4, 5, 6], \"more\": \"" + "x".repeat(100_000) + "\"}"));
        assertFails(() -> score(reward(64, false, null)), ErrorKind.RESOURCE, "answered with more than 8192 bytes");
    }

    @Test
    void aServiceThatStaysAwayIsGivenUpAtTheDeadline() {
        URI nobody = URI.create("http://127.0.0.1:1/score");
        HttpReward reward = new HttpReward(null, 1, nobody, 64, 2, 1, false, null);
        assertFails(
                () -> score(reward),
                ErrorKind.RESOURCE,
                "reward service " + nobody
                        + ", POST /score: connection refused; start the service, or have the reward's url say where it listens"
                        + " (tried for 1 s)");
    }

    @Test
    void aServiceThatSendsOneElsewhereIsNotFollowed() {
        next.add(new Answer(307, ""));
        assertFails(
                () -> score(reward(64, false, null)),
                ErrorKind.RESOURCE,
                "sends one elsewhere (status 307), and nothing is sent there");
        assertThat(requests).hasSize(1);
    }

    @Test
    void anAddressThatIsNoneIsTheUsersMistake() {
        HttpReward reward = new HttpReward(null, 1, URI.create("ftp://judge"), 64, 2, 1, false, null);
        assertFails(() -> score(reward), ErrorKind.USER, "not an address of a reward service: ftp://judge");
    }

    private static double[][] score(HttpReward reward) {
        try (RewardFunction opened = reward.open(RewardContext.of(9))) {
            return opened.score(GROUPS);
        }
    }

    private HttpReward reward(int batchSize, boolean tokenIds, @Nullable String keyVariable) {
        int port = server == null ? 0 : server.getAddress().getPort();
        URI url = URI.create("http://127.0.0.1:" + port + "/score");
        return new HttpReward(null, 1, url, batchSize, 2, 30, tokenIds, keyVariable);
    }

    /** Scores each response by its length, unless another answer is due. */
    private void answer(HttpExchange exchange) throws IOException {
        JsonNode request = JSON.readTree(exchange.getRequestBody().readAllBytes());
        requests.add(request);
        keys.add(Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                .orElse("none"));
        Answer due = next.poll();
        List<Integer> scores = request.path("completions").findValues("response").stream()
                .map(response -> response.asText().length())
                .toList();
        byte[] body = (due == null ? "{\"scores\": " + scores + "}" : due.body()).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(due == null ? 200 : due.status(), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static RolloutGroup group(int g) {
        Prompt prompt = new Prompt("words.txt:" + g, "größe>", new int[] {3, 8, 5}, Map.of("answer", "eßörg"));
        return new RolloutGroup(
                prompt, List.of(completion(2 * g, FinishReason.STOP), completion(2 * g + 1, FinishReason.LENGTH)));
    }

    private static Completion completion(int length, FinishReason reason) {
        int[] tokens = IntStream.range(7, 7 + length).toArray();
        return new Completion(tokens, new float[length], reason, new WeightVersion(1), "a".repeat(length));
    }
}
