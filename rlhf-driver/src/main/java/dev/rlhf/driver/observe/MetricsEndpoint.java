package dev.rlhf.driver.observe;

import dev.rlhf.actors.ActorState;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.run.StepReport;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** The numbers of a run in Prometheus' text format, at {@code /metrics}; their names and meanings stand in {@link Metrics}. */
public final class MetricsEndpoint implements RunObserver, AutoCloseable {
    private static final double MILLIS = 1000;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Clock clock = Clock.systemUTC();
    private final Scrapes scrapes = new Scrapes();
    private final RunMeters meters;
    private final ActorMeters actors;
    private final CostLedger ledger;
    private final MetricsServer server;
    private final int steps;
    private String stage = "";
    private int done;
    private boolean begun;

    private MetricsEndpoint(MetricsAddress address, RunLabels run) throws IOException {
        // Their names are against Prometheus' conventions; the process' own metrics say the same.
        registry.config()
                .meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"))
                .meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
        new JvmMemoryMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        ProcessMetrics.builder().register(registry.getPrometheusRegistry());
        meters = new RunMeters(registry.getPrometheusRegistry(), run);
        actors = new ActorMeters(registry.getPrometheusRegistry(), run);
        ledger = new CostLedger(meters, run.devices(), System::nanoTime);
        steps = run.steps();
        meters.set("rlhf_checkpoint_timestamp_seconds", now());
        meters.set("rlhf_last_step_timestamp_seconds", now());
        server = new MetricsServer(address.socket(), registry.getPrometheusRegistry(), scrapes);
    }

    /**
     * Listens.
     *
     * @throws RlhfException USER when the port is taken
     */
    public static MetricsEndpoint start(MetricsAddress address, RunLabels run) {
        try {
            return new MetricsEndpoint(address, run);
        } catch (IOException taken) {
            throw RlhfException.user("cannot listen on port " + address.port() + " of " + address.host() + " ("
                    + taken.getMessage() + "); choose another --metrics-port, or 0 for any free one");
        }
    }

    /** The port it listens on. */
    public int port() {
        return server.port();
    }

    /** Also tells how the run's actors are, asking {@code states} at each scrape. */
    public void watch(Supplier<List<ActorState>> states) {
        actors.of(states);
    }

    @Override
    public void stageStarted(StageStarted started) {
        stage = started.name();
        meters.set("rlhf_target_steps", started.steps(), stage);
        meters.set("rlhf_step", started.stepsDone(), stage);
    }

    @Override
    public void evaluated(StageEvaluation evaluation) {
        evaluation.evaluation().values().forEach((key, value) -> meters.number(key, evaluation.stage(), value));
        meters.phase(evaluation.stage(), "evaluate", evaluation.seconds());
        meters.set("rlhf_last_step_timestamp_seconds", now());
        ledger.spend(evaluation.stage(), "evaluate", evaluation.seconds());
    }

    @Override
    public void stepDone(StageStep step) {
        StepReport report = step.report();
        report.metrics().forEach((key, value) -> meters.number(key, step.stage(), value));
        report.seconds().forEach((phase, seconds) -> meters.phase(step.stage(), phase, seconds));
        meters.set("rlhf_step", report.step(), step.stage());
        meters.set("rlhf_run_step", step.runStep());
        meters.set("rlhf_weight_version", (double) report.version().number());
        meters.set("rlhf_last_step_timestamp_seconds", now());
        meters.trained(step.stage(), report.metrics().getOrDefault("tokens", 0.0));
        meters.synced(step.stage(), report.metrics().getOrDefault("sync_bytes", 0.0));
        ledger.stepDone(step.stage(), step.runStep(), report);
        done = step.runStep();
    }

    @Override
    public void checkpointed(int runSteps, double seconds) {
        meters.phase(stage, "checkpoint", seconds);
        meters.set("rlhf_checkpoint_timestamp_seconds", now());
        meters.set("rlhf_checkpoint_step", runSteps);
        ledger.spend(stage, "checkpoint", seconds);
    }

    /** What comes to its end is no longer told of; the last stage is, for as long as there is a run. */
    @Override
    public void stageFinished(StageResult result) {
        ledger.settle(stage);
        if (done < steps) {
            meters.forgetStages();
        }
    }

    /** Every run starts by going back to its newest checkpoint, or to its beginning; only what comes later is a loss. */
    @Override
    public void rewound(int runSteps, Set<String> finished) {
        meters.forgetStages();
        meters.set("rlhf_run_step", runSteps);
        meters.set("rlhf_checkpoint_step", runSteps);
        done = runSteps;
        if (begun) {
            meters.rewound();
        }
        begun = true;
    }

    /** Of a run that has come to its end, Prometheus shall see the last step. */
    @Override
    public void close() {
        if (begun && done >= steps) {
            scrapes.awaitNext();
        }
        server.close();
        registry.close();
    }

    private double now() {
        return clock.millis() / MILLIS;
    }
}
