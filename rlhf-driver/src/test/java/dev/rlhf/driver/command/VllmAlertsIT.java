package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.testing.prometheus.LocalPrometheus;
import dev.rlhf.testing.vllm.LocalVllm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real vLLM with too little memory for what a run asks of it fires the alerts on it, in a real Prometheus that scrapes it. */
class VllmAlertsIT {
    private static final String MODEL = """
            {kind: random, hidden-size: 64, layers: 2, attention-heads: 2, key-value-heads: 1, head-size: 32, \
            intermediate-size: 128, context-length: 128, \
            tokenizer: {kind: characters, alphabet: "abcdefghijklmnopqrstuvwxyz>"}}
            """;

    /** Blocks of 32 tokens, room for two long answers and a short one. */
    private static final List<String> SMALL = List.of(
            "--logprobs-mode",
            "processed_logprobs",
            "--block-size",
            "32",
            "--num-gpu-blocks-override",
            "10",
            "--max-num-seqs",
            "8");

    @TempDir
    Path folder;

    @Test
    void aServerThatIsTooSmallFiresTheAlertsOnItsQueueAndItsCache() throws IOException {
        Path model = folder.resolve("base");
        Path spec = Files.writeString(folder.resolve("model.yaml"), MODEL);
        Invocation.of("init", spec.toString(), "--to", model.toString()).assertDone();
        try (LocalVllm server = LocalVllm.start(new LocalVllm.Settings(model, true, SMALL));
                LocalPrometheus prometheus = LocalPrometheus.start(
                        folder,
                        List.of(new LocalPrometheus.Target(
                                "vllm", server.endpoint().getPort())),
                        Alerts.atOnce(folder))) {
            double start = prometheus.now();
            server.awaitHealthy();
            prometheus.await(
                    "numbers",
                    () -> !prometheus.query("vllm:kv_cache_usage_perc").isEmpty());
            try (RlhfProcess run = run(server, model)) {
                for (String alert : List.of("RlhfServerQueue", "RlhfServerCacheFull")) {
                    prometheus.await(alert, () -> Alerts.fire(prometheus, alert));
                    Alerts.requireSilence(prometheus, start, "vllm:num_requests_waiting < 1", alert);
                }
                assertThat(run.isAlive()).as(run.printed()).isTrue();
                run.kill();
            }
        }
    }

    private RlhfProcess run(LocalVllm server, Path model) throws IOException {
        Path recipe = Files.writeString(folder.resolve("recipe.yaml"), """
                name: crowded
                generation: {kind: vllm, endpoints: ["%s"]}
                model: {kind: directory, path: "%s"}
                stages:
                  - name: grpo
                    kind: grpo
                    steps: 100
                    prompts-per-step: 600
                    sampling: {samples-per-prompt: 2, max-tokens: 100}
                    data: {kind: spelling}
                    rewards: [{kind: position-match}]
                """.formatted(server.endpoint(), model));
        return RlhfProcess.start(
                folder.resolve("run.log"),
                "run",
                recipe.toString(),
                "--out",
                folder.resolve("run").toString());
    }
}
