package dev.rlhf.serve;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What the server counts, under vLLM's names so that one dashboard reads both. */
final class ServerMetrics {
    private static final String MODEL = "model_name";

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final String model;
    private final Gauge running = gauge("vllm:num_requests_running", "Sequences being decoded");
    private final Gauge waiting = gauge("vllm:num_requests_waiting", "Prompts that wait for room");
    private final Counter promptTokens = counter("vllm:prompt_tokens", "Prompt tokens read");
    private final Counter generationTokens = counter("vllm:generation_tokens", "Tokens written");
    private final Counter finished = counter("vllm:request_success", "Completions finished");

    ServerMetrics(String model) {
        this.model = model;
        load(0, 0);
        promptRead(0);
        tokensWritten(0);
        finished.labelValues(model).inc(0);
    }

    void load(int runningSequences, int waitingPrompts) {
        running.labelValues(model).set(runningSequences);
        waiting.labelValues(model).set(waitingPrompts);
    }

    void promptRead(int tokens) {
        promptTokens.labelValues(model).inc(tokens);
    }

    void tokensWritten(int tokens) {
        generationTokens.labelValues(model).inc(tokens);
    }

    void sampleFinished() {
        finished.labelValues(model).inc();
    }

    /** All of it in Prometheus' text format. */
    String text() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(bytes, registry.scrape());
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing to memory cannot fail", impossible);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private Gauge gauge(String name, String help) {
        return Gauge.builder().name(name).help(help).labelNames(MODEL).register(registry);
    }

    private Counter counter(String name, String help) {
        return Counter.builder().name(name).help(help).labelNames(MODEL).register(registry);
    }
}
