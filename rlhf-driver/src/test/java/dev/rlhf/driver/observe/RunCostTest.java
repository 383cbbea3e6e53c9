package dev.rlhf.driver.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.actors.ActorNumber;
import dev.rlhf.actors.ActorState;
import dev.rlhf.actors.ActorVitals;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.run.StepReport;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a run's devices did, and how its actors are. */
class RunCostTest {
    private final MetricsEndpoint endpoint =
            MetricsEndpoint.start(MetricsAddress.local(0), new RunLabels("run-1", Map.of(), 300, 3, 600));

    @AfterEach
    void stop() {
        endpoint.close();
    }

    @Test
    void tokensAndDeviceSecondsAreCountedByTheirUse() throws Exception {
        endpoint.stageStarted(new StageStarted("grpo", "grpo", 1, 1, 300, 0));
        endpoint.stepDone(drawn(1));
        endpoint.stepDone(drawn(2));
        endpoint.checkpointed(2, 0.5);
        endpoint.rewound(1, Set.of());
        endpoint.stepDone(drawn(2));
        assertThat(Scraper.of(endpoint).metrics().lines())
                .contains(
                        tokens("trained", 120),
                        tokens("filtered", 60),
                        tokens("truncated", 20),
                        tokens("wasted", 100),
                        seconds("generate", 6),
                        seconds("update", 3),
                        seconds("checkpoint", 1.5),
                        seconds("wasted", 6),
                        "rlhf_synced_bytes_total{run=\"run-1\",stage=\"grpo\"} 3000.0",
                        "rlhf_checkpoint_step{run=\"run-1\"} 1.0",
                        "rlhf_phase_seconds_count{phase=\"checkpoint\",run=\"run-1\",stage=\"grpo\"} 1",
                        "rlhf_devices{run=\"run-1\"} 3.0",
                        "rlhf_deadline_seconds{run=\"run-1\"} 600.0")
                .anyMatch(line ->
                        line.startsWith("rlhf_device_seconds_total{run=\"run-1\",stage=\"grpo\",use=\"other\"}"));
    }

    @Test
    void actorsTellWhatTheyOweTakeAndCount() throws Exception {
        ActorVitals vitals = new ActorVitals(
                2048,
                7.5,
                "",
                List.of(
                        new ActorNumber(ActorNumber.REDRAWN_PROMPTS, "", 4),
                        new ActorNumber(ActorNumber.ENGINE_RETRIES, "http://a:1", 2),
                        new ActorNumber(ActorNumber.ENGINE_WEIGHT_VERSION, "http://a:1", 9)));
        endpoint.watch(() -> List.of(
                new ActorState("learner-0", 0, 0, 1.25, 1, ActorVitals.NONE),
                new ActorState("rollout-0", 2, 30, 3.5, 0, vitals)));
        String[] expected = {
            "rlhf_actor_waiting_calls{component=\"rollout-0\",run=\"run-1\"} 2.0",
            "rlhf_actor_oldest_call_seconds{component=\"rollout-0\",run=\"run-1\"} 30.0",
            "rlhf_actor_oldest_call_seconds{component=\"learner-0\",run=\"run-1\"} 0.0",
            "rlhf_actor_busy_seconds_total{component=\"learner-0\",run=\"run-1\"} 1.25",
            "rlhf_actor_restarts_total{component=\"learner-0\",run=\"run-1\"} 1.0",
            "rlhf_resident_memory_bytes{component=\"rollout-0\",run=\"run-1\"} 2048.0",
            "rlhf_cpu_seconds_total{component=\"rollout-0\",run=\"run-1\"} 7.5",
            "rlhf_redrawn_prompts_total{component=\"rollout-0\",run=\"run-1\"} 4.0",
            "rlhf_engine_retries_total{component=\"rollout-0\",engine=\"http://a:1\",run=\"run-1\"} 2.0",
            "rlhf_engine_weight_version{component=\"rollout-0\",engine=\"http://a:1\",run=\"run-1\"} 9.0"
        };
        assertThat(Scraper.of(endpoint).metrics().lines())
                .contains(expected)
                .anyMatch(line -> line.startsWith("rlhf_resident_memory_bytes{component=\"driver\""))
                .noneMatch(line -> line.startsWith("rlhf_resident_memory_bytes{component=\"learner-0\""));
    }

    /** 100 tokens, 60 of them trained with, in one second of generation and half a second of updates. */
    private static StageStep drawn(int runStep) {
        Map<String, Double> numbers =
                Map.of("drawn_tokens", 100.0, "filtered_tokens", 30.0, "masked_tokens", 10.0, "sync_bytes", 1000.0);
        Map<String, Double> seconds = Map.of("generate", 1.0, "update", 0.5, "step", 2.0);
        return new StageStep(
                "grpo", runStep, new StepReport(runStep, new WeightVersion(1), numbers, seconds, List.of()));
    }

    private static String tokens(String use, double count) {
        return "rlhf_tokens_total{run=\"run-1\",stage=\"grpo\",use=\"" + use + "\"} " + count;
    }

    private static String seconds(String use, double count) {
        return "rlhf_device_seconds_total{run=\"run-1\",stage=\"grpo\",use=\"" + use + "\"} " + count;
    }
}
