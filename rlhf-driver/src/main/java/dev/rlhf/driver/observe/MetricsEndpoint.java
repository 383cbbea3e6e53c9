package dev.rlhf.driver.observe;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.run.StepReport;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import java.io.IOException;
import java.util.Set;

/** The numbers of a run in Prometheus' text format, at {@code /metrics}; their names and meanings stand in {@link Metrics}. */
public final class MetricsEndpoint implements RunObserver, AutoCloseable {
    private static final int LARGEST_PORT = 65_535;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final RunMeters meters;
    private final MetricsServer server;
    private boolean begun;

    private MetricsEndpoint(int port, RunLabels run) throws IOException {
        // Their names are against Prometheus' conventions; the process' own metrics say the same.
        registry.config()
                .meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"))
                .meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
        new JvmMemoryMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        ProcessMetrics.builder().register(registry.getPrometheusRegistry());
        meters = new RunMeters(registry.getPrometheusRegistry(), run);
        server = new MetricsServer(port, registry.getPrometheusRegistry());
    }

    /**
     * Listens on all addresses.
     *
     * @param port port; 0 takes any free one
     * @throws RlhfException USER when the port is taken
     */
    public static MetricsEndpoint start(int port, RunLabels run) {
        if (port < 0 || port > LARGEST_PORT) {
            throw RlhfException.user("--metrics-port must be from 0 to " + LARGEST_PORT + ", not " + port);
        }
        try {
            return new MetricsEndpoint(port, run);
        } catch (IOException taken) {
            throw RlhfException.user("cannot listen on port " + port + " (" + taken.getMessage()
                    + "); choose another --metrics-port, or 0 for any free one");
        }
    }

    /** The port it listens on. */
    public int port() {
        return server.port();
    }

    @Override
    public void stageStarted(StageStarted stage) {
        meters.set("rlhf_target_steps", stage.steps(), stage.name());
        meters.set("rlhf_step", stage.stepsDone(), stage.name());
    }

    @Override
    public void evaluated(StageEvaluation done) {
        done.evaluation().values().forEach((key, value) -> meters.number(key, done.stage(), value));
        meters.phase(done.stage(), "evaluate", done.seconds());
    }

    @Override
    public void stepDone(StageStep step) {
        StepReport report = step.report();
        report.metrics().forEach((key, value) -> meters.number(key, step.stage(), value));
        report.seconds().forEach((phase, seconds) -> meters.phase(step.stage(), phase, seconds));
        meters.set("rlhf_step", report.step(), step.stage());
        meters.set("rlhf_run_step", step.runStep());
        meters.set("rlhf_weight_version", (double) report.version().number());
        meters.trained(step.stage(), report.metrics().getOrDefault("tokens", 0.0));
    }

    /** Every run starts by going back to its newest checkpoint, or to its beginning; only what comes later is a loss. */
    @Override
    public void rewound(int runSteps, Set<String> finished) {
        meters.set("rlhf_run_step", runSteps);
        if (begun) {
            meters.rewound();
        }
        begun = true;
    }

    @Override
    public void close() {
        server.close();
        registry.close();
    }
}
