package dev.rlhf.driver.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsEndpointTest {
    private final MetricsEndpoint endpoint = MetricsEndpoint.start(0);

    @AfterEach
    void stop() {
        endpoint.close();
    }

    @Test
    void theNumbersOfTheLastStepAreThereByStage() throws Exception {
        endpoint.stepDone(LinesTest.step(6, 0.25));
        endpoint.stepDone(LinesTest.step(7, 0.5));
        assertThat(scrape().lines())
                .contains(
                        "rlhf_reward_mean{stage=\"grpo\"} 0.5",
                        "rlhf_loss{stage=\"grpo\"} -0.02",
                        "rlhf_clip_fraction{stage=\"grpo\"} 0.125",
                        "rlhf_step{stage=\"grpo\"} 7.0",
                        "rlhf_run_step 107.0",
                        "rlhf_weight_version 9.0",
                        "rlhf_trained_tokens_total{stage=\"grpo\"} 1024.0",
                        "rlhf_phase_seconds_count{phase=\"generate\",stage=\"grpo\"} 2",
                        "rlhf_phase_seconds_sum{phase=\"generate\",stage=\"grpo\"} 1.0");
    }

    @Test
    void theProcessIsThereBeforeTheFirstStep() throws Exception {
        assertThat(scrape()).contains("jvm_memory_used_bytes{", "process_uptime_seconds ", "system_cpu_count ");
    }

    @Test
    void aTakenPortIsTheUsersMistake() {
        assertThatThrownBy(() -> MetricsEndpoint.start(endpoint.port()))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContaining(String.valueOf(endpoint.port()))
                .hasMessageContaining("--metrics-port");
    }

    private String scrape() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + endpoint.port() + "/metrics"))
                .timeout(Duration.ofSeconds(30))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.body();
    }
}
