package dev.rlhf.driver.observe;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.PrometheusNaming;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** A run's meters under their names; each has the label {@code run}, those of a stage the label {@code stage}. */
final class RunMeters {
    /** Between a phase of a toy and the longest wait for an actor. */
    private static final double[] PHASE_BOUNDS = {
        0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800
    };

    private static final String STAGE = "stage";
    private static final String USE = "use";

    private final PrometheusRegistry registry;
    private final Labels run;
    private final Map<String, Gauge> gauges = new ConcurrentHashMap<>();
    private final Map<String, Counter> counters = new ConcurrentHashMap<>();
    /** Gauges of stages with a value, to be forgotten when the stage ends. */
    private final Set<Held> held = ConcurrentHashMap.newKeySet();

    private final Histogram phases;

    /**
     * A gauge that holds a number of a stage.
     *
     * @param gauge the gauge
     * @param labels values of its labels, the stage first
     */
    private record Held(Gauge gauge, List<String> labels) {}

    RunMeters(PrometheusRegistry registry, RunLabels identity) {
        this.registry = registry;
        this.run = Labels.of("run", identity.run());
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
        set("rlhf_devices", identity.devices());
        set("rlhf_deadline_seconds", identity.deadlineSeconds());
        counter("rlhf_rewinds_total").inc(0);
    }

    /** Sets a gauge of the whole run, or of one {@code stage}. */
    void set(String name, double value, String... stage) {
        String[] labels = stage.length == 0 ? stage : new String[] {STAGE};
        hold(gauge(name, Metrics.exported(name).help(), labels), value, stage);
    }

    /** Sets the gauge of a number of a step, {@code key} being its key in metrics.jsonl; a part has a label that tells it. */
    void number(String key, String stage, double value) {
        Optional<Metrics.Part> part = Metrics.partOf(key);
        Optional<Metric> metric = part.map(Metrics.Part::metric).or(() -> Metrics.of(key));
        String name = metric.map(Metric::name).orElseGet(() -> PrometheusNaming.sanitizeMetricName("rlhf_" + key));
        String help = metric.map(Metric::help).orElse("The number " + key + " of the last step.");
        if (part.isPresent()) {
            hold(
                    gauge(name, help, STAGE, part.get().metric().part()),
                    value,
                    stage,
                    part.get().name());
        } else {
            hold(gauge(name, help, STAGE), value, stage);
        }
    }

    private void hold(Gauge gauge, double value, String... labels) {
        gauge.labelValues(labels).set(value);
        if (labels.length > 0) {
            held.add(new Held(gauge, List.copyOf(Arrays.asList(labels))));
        }
    }

    /** Forgets the numbers of stages: what is over would else look as if it went on. */
    void forgetStages() {
        for (Held one : held) {
            one.gauge().remove(one.labels().toArray(String[]::new));
        }
        held.clear();
    }

    void phase(String stage, String phase, double seconds) {
        phases.labelValues(stage, phase).observe(seconds);
    }

    void trained(String stage, double count) {
        counter("rlhf_trained_tokens_total", STAGE).labelValues(stage).inc(count);
    }

    void synced(String stage, double bytes) {
        counter("rlhf_synced_bytes_total", STAGE).labelValues(stage).inc(bytes);
    }

    /** Tokens drawn for a step by what became of them. */
    void drawn(String stage, String use, double count) {
        counter("rlhf_tokens_total", STAGE, USE).labelValues(stage, use).inc(count);
    }

    /** Device-seconds by what they were used for. */
    void used(String stage, String use, double deviceSeconds) {
        counter("rlhf_device_seconds_total", STAGE, USE).labelValues(stage, use).inc(deviceSeconds);
    }

    void rewound() {
        counter("rlhf_rewinds_total").inc();
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
        return counters.computeIfAbsent(
                name,
                wanted -> Counter.builder()
                        .name(wanted)
                        .help(Metrics.exported(wanted).help())
                        .constLabels(run)
                        .labelNames(labels)
                        .register(registry));
    }
}
