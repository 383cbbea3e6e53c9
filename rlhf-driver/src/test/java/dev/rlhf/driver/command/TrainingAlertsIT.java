package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.testing.NotingServer;
import dev.rlhf.testing.prometheus.LocalPrometheus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training that goes wrong fires the alerts on it, in a real Prometheus that scrapes it. */
class TrainingAlertsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_ANSWER = 6;
    private static final int WARM_UP = 20;

    /** How long the judge takes, so that a step of a toy lasts long enough to be scraped. */
    private static final Duration PACE = Duration.ofMillis(200);

    private static final String WORDS = """
            {"prompt": "ab>", "answer": "ba"}
            {"prompt": "cat>", "answer": "tac"}
            {"prompt": "frog>", "answer": "gorf"}
            {"prompt": "p>", "answer": "p"}
            """;

    /** A model that knows its words; PPO for longer answers, in which the policy stands still until the critic is warm. */
    private static final String RECIPE = """
            name: hasty
            model: {kind: random, hidden-size: 16, layers: 1, attention-heads: 2, key-value-heads: 1, head-size: 8, \
            intermediate-size: 32, context-length: 32, \
            tokenizer: {kind: characters, alphabet: "abcdefghijklmnopqrstuvwxyz>"}}
            stages:
              - {name: sft, kind: sft, steps: 60, batch-size: 4, optimiser: {learning-rate: 3e-2}, \
            data: {kind: completions, path: words.jsonl, completion-key: answer}}
              - {name: judge, kind: reward-model, from: base, steps: 1, batch-size: 2, data: {kind: ranked-samples, \
            prompts: {kind: spelling}, ranked-by: position-match, pairs: 16, held-out-pairs: 8, max-tokens: 6}}
              - name: ppo
                kind: ppo
                from: sft
                steps: 100000
                prompts-per-step: 4
                epochs-per-batch: 4
                sampling: {samples-per-prompt: 4, max-tokens: %d}
                data: {kind: prompts, path: words.jsonl, answer-key: answer}
                rewards: [{kind: http, url: "%s/score"}]
                critic: {from: judge, warmup-steps: %d, optimiser: {learning-rate: 1e-2}}
                optimiser: {learning-rate: 3e-2}
                evaluation: {every-steps: 5, max-tokens: %1$d, \
            data: {kind: prompts, path: words.jsonl, answer-key: answer}}
            """;

    /** Learnt by heart, a policy that hardly moves, and a critic that learns nothing. */
    private static final List<String> BLIND = List.of(
            "stages.sft.steps=400",
            "stages.ppo.optimiser.learning-rate=1e-6",
            "stages.ppo.critic.optimiser.learning-rate=1e-9");

    @TempDir
    Path folder;

    @Test
    void aPolicyThatLearnsTooFastAndACriticThatLearnsNothingFireTheirAlerts() throws IOException {
        int port = LocalPrometheus.freePort();
        try (NotingServer judge = NotingServer.start(TrainingAlertsIT::score);
                LocalPrometheus prometheus = LocalPrometheus.start(
                        folder, List.of(new LocalPrometheus.Target("rlhf", port)), Alerts.atOnce(folder))) {
            Files.writeString(folder.resolve("words.jsonl"), WORDS);
            Path recipe = Files.writeString(
                    folder.resolve("recipe.yaml"), RECIPE.formatted(LONGEST_ANSWER, judge.address(), WARM_UP));
            double start = prometheus.now();
            String[] hasty = {"RlhfKlRunsAway", "RlhfUpdatesClipped", "RlhfOverOptimised"};
            try (RlhfProcess run = RlhfProcess.run(recipe, folder.resolve("hasty"), port, Map.of(), List.of())) {
                Alerts.await(prometheus, "hasty", hasty);
                Alerts.requireSilence(prometheus, start, "rlhf_step{stage=\"ppo\"} >= 1 <= " + (WARM_UP - 1), hasty);
                assertThat(Alerts.fire(prometheus, "RlhfCriticBlind")).isFalse();
                assertThat(Alerts.fire(prometheus, "RlhfEntropyCollapsed")).isFalse();
                run.kill();
            }
            try (RlhfProcess run = RlhfProcess.run(recipe, folder.resolve("blind"), port, Map.of(), BLIND)) {
                Alerts.await(prometheus, "blind", "RlhfCriticBlind", "RlhfEntropyCollapsed");
                run.kill();
            }
        }
    }

    /** The longer, the better; an answer a while after it was asked for. */
    private static String score(String request) {
        LockSupport.parkNanos(PACE.toNanos());
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode scores = answer.putArray("scores");
        try {
            for (JsonNode completion : JSON.readTree(request).path("completions")) {
                scores.add((double) completion.path("response").asText().length() / LONGEST_ANSWER);
            }
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
        return answer.toString();
    }
}
