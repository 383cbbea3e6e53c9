package dev.rlhf.driver.observe;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.PrometheusNaming;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** A run's meters under their names; each has the label {@code run}, those of a stage the label {@code stage}. */
final class RunMeters {
    /** Between a phase of a toy and the longest wait for an actor. */
    private static final double[] PHASE_BOUNDS = {
        0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800
    };

    private static final String STAGE = "stage";

    private final PrometheusRegistry registry;
    private final Labels run;
    private final Map<String, Gauge> gauges = new ConcurrentHashMap<>();
    private final Counter tokens;
    private final Counter rewinds;
    private final Histogram phases;

    RunMeters(PrometheusRegistry registry, RunLabels identity) {
        this.registry = registry;
        this.run = Labels.of("run", identity.run());
        tokens = counter("rlhf_trained_tokens_total", STAGE);
        rewinds = counter("rlhf_rewinds_total");
        phases = Histogram.builder()
                .name("rlhf_phase_seconds")
                .help(Metrics.exported("rlhf_phase_seconds").help())
                .constLabels(run)
                .labelNames(STAGE, "phase")
                .classicOnly()
                .classicUpperBounds(PHASE_BOUNDS)
                .register(registry);
        Map<String, String> facts = new TreeMap<>(identity.facts());
        Info.builder()
                .name("rlhf_run_info")
                .help(Metrics.exported("rlhf_run_info").help())
                .constLabels(run)
                .labelNames(facts.keySet().toArray(String[]::new))
                .register(registry)
                .addLabelValues(facts.values().toArray(String[]::new));
        set("rlhf_run_target_steps", identity.steps());
        rewinds.inc(0);
    }

    /** Sets a gauge of the whole run, or of one {@code stage}. */
    void set(String name, double value, String... stage) {
        String[] labels = stage.length == 0 ? stage : new String[] {STAGE};
        gauge(name, Metrics.exported(name).help(), labels).labelValues(stage).set(value);
    }

    /** Sets the gauge of a number of a step, {@code key} being its key in metrics.jsonl; a part has a label that tells it. */
    void number(String key, String stage, double value) {
        Optional<Metrics.Part> part = Metrics.partOf(key);
        Optional<Metric> metric = part.map(Metrics.Part::metric).or(() -> Metrics.of(key));
        String name = metric.map(Metric::name).orElseGet(() -> PrometheusNaming.sanitizeMetricName("rlhf_" + key));
        String help = metric.map(Metric::help).orElse("The number " + key + " of the last step.");
        part.map(told -> gauge(name, help, STAGE, told.metric().part()).labelValues(stage, told.name()))
                .orElseGet(() -> gauge(name, help, STAGE).labelValues(stage))
                .set(value);
    }

    void phase(String stage, String phase, double seconds) {
        phases.labelValues(stage, phase).observe(seconds);
    }

    void trained(String stage, double count) {
        tokens.labelValues(stage).inc(count);
    }

    void rewound() {
        rewinds.inc();
    }

    private Gauge gauge(String name, String help, String... labels) {
        return gauges.computeIfAbsent(
                name,
                wanted -> Gauge.builder()
                        .name(wanted)
                        .help(help)
                        .constLabels(run)
                        .labelNames(labels)
                        .register(registry));
    }

    private Counter counter(String name, String... labels) {
        return Counter.builder()
                .name(name)
                .help(Metrics.exported(name).help())
                .constLabels(run)
                .labelNames(labels)
                .register(registry);
    }
}
