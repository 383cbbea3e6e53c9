package dev.rlhf.driver.observe;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.run.StepReport;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The numbers of a run in Prometheus' text format, at {@code /metrics}. */
public final class MetricsEndpoint implements RunObserver, AutoCloseable {
    private static final double NANOS = 1e9;
    private static final int LARGEST_PORT = 65_535;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<String, Double> values = new ConcurrentHashMap<>();
    private final HTTPServer server;

    private MetricsEndpoint(int port) throws IOException {
        new JvmMemoryMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        server = HTTPServer.builder()
                .port(port)
                .registry(registry.getPrometheusRegistry())
                .buildAndStart();
    }

    /**
     * Listens on all addresses.
     *
     * @param port port; 0 takes any free one
     * @throws RlhfException USER when the port is taken
     */
    public static MetricsEndpoint start(int port) {
        if (port < 0 || port > LARGEST_PORT) {
            throw RlhfException.user("--metrics-port must be from 0 to " + LARGEST_PORT + ", not " + port);
        }
        try {
            return new MetricsEndpoint(port);
        } catch (IOException taken) {
            throw RlhfException.user("cannot listen on port " + port + " (" + taken.getMessage()
                    + "); choose another --metrics-port, or 0 for any free one");
        }
    }

    /** The port it listens on. */
    public int port() {
        return server.getPort();
    }

    @Override
    public void stepDone(StageStep step) {
        StepReport report = step.report();
        Tags tags = Tags.of("stage", step.stage());
        report.metrics().forEach((name, value) -> set("rlhf." + name.replace('_', '.'), tags, value));
        set("rlhf.step", tags, report.step());
        set("rlhf.run.step", Tags.empty(), step.runStep());
        set("rlhf.weight.version", Tags.empty(), (double) report.version().number());
        registry.counter("rlhf.trained.tokens", tags).increment(report.metrics().getOrDefault("tokens", 0.0));
        report.seconds()
                .forEach((phase, seconds) -> registry.timer("rlhf.phase", tags.and("phase", phase))
                        .record(Duration.ofNanos((long) (seconds * NANOS))));
    }

    @Override
    public void close() {
        server.close();
        registry.close();
    }

    private void set(String name, Tags tags, double value) {
        String key = name + tags;
        if (values.put(key, value) == null) {
            Gauge.builder(name, values, known -> known.getOrDefault(key, Double.NaN))
                    .tags(tags)
                    .register(registry);
        }
    }
}
