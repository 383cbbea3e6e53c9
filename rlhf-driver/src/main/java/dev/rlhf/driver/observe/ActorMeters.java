package dev.rlhf.driver.observe;

import dev.rlhf.actors.ActorNumber;
import dev.rlhf.actors.ActorState;
import dev.rlhf.actors.ActorVitals;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** What a run's actors owe, take and count, read anew at each scrape; the label {@code component} names them. */
final class ActorMeters {
    private static final String COMPONENT = "component";
    private static final String ENGINE = "engine";
    private static final String DRIVER = "driver";
    private static final byte[] NO_NUMBERS = {};

    private final PrometheusRegistry registry;
    private final Labels run;
    private volatile Supplier<List<ActorState>> actors = List::of;

    /** Takes values. */
    @FunctionalInterface
    private interface Values {
        void put(double value, String... labels);
    }

    /** Gives all values of a metric. */
    @FunctionalInterface
    private interface Reading {
        void into(Values values);
    }

    ActorMeters(PrometheusRegistry registry, RunLabels identity) {
        this.registry = registry;
        this.run = Labels.of("run", identity.run());
        gauge("rlhf_actor_waiting_calls", each(ActorState::waiting), COMPONENT);
        gauge("rlhf_actor_oldest_call_seconds", each(ActorState::oldestSeconds), COMPONENT);
        counter("rlhf_actor_busy_seconds_total", each(ActorState::busySeconds), COMPONENT);
        counter("rlhf_actor_restarts_total", each(ActorState::restarts), COMPONENT);
        gauge("rlhf_resident_memory_bytes", processes(ActorVitals::residentBytes), COMPONENT);
        counter("rlhf_cpu_seconds_total", processes(ActorVitals::cpuSeconds), COMPONENT);
        counter("rlhf_redrawn_prompts_total", counted(ActorNumber.REDRAWN_PROMPTS), COMPONENT);
        counter("rlhf_engine_retries_total", counted(ActorNumber.ENGINE_RETRIES), COMPONENT, ENGINE);
        gauge("rlhf_engine_weight_version", counted(ActorNumber.ENGINE_WEIGHT_VERSION), COMPONENT, ENGINE);
    }

    /** From now on these are the actors. */
    void of(Supplier<List<ActorState>> states) {
        actors = states;
    }

    private Reading each(ToDoubleFunction<ActorState> number) {
        return values -> actors.get().forEach(actor -> values.put(number.applyAsDouble(actor), actor.name()));
    }

    /** The driver's process, and those of actors that have one of their own. */
    private Reading processes(ToDoubleFunction<ActorVitals> number) {
        return values -> {
            values.put(number.applyAsDouble(ActorVitals.ofThisProcess("", NO_NUMBERS)), DRIVER);
            actors.get().stream()
                    .filter(actor -> actor.vitals().residentBytes() > 0)
                    .forEach(actor -> values.put(number.applyAsDouble(actor.vitals()), actor.name()));
        };
    }

    private Reading counted(String name) {
        return values -> {
            for (ActorState actor : actors.get()) {
                for (ActorNumber number : actor.vitals().numbers()) {
                    if (number.name().equals(name)) {
                        String[] labels = number.of().isEmpty()
                                ? new String[] {actor.name()}
                                : new String[] {actor.name(), number.of()};
                        values.put(number.value(), labels);
                    }
                }
            }
        };
    }

    private void gauge(String name, Reading reading, String... labels) {
        GaugeWithCallback.builder()
                .name(name)
                .help(Metrics.exported(name).help())
                .constLabels(run)
                .labelNames(labels)
                .callback(values -> reading.into(values::call))
                .register(registry);
    }

    private void counter(String name, Reading reading, String... labels) {
        CounterWithCallback.builder()
                .name(name)
                .help(Metrics.exported(name).help())
                .constLabels(run)
                .labelNames(labels)
                .callback(values -> reading.into(values::call))
                .register(registry);
    }
}
