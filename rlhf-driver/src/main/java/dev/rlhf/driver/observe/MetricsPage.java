package dev.rlhf.driver.observe;

import java.util.stream.Collectors;

/** The page docs/metrics.md: every number with its meaning, its healthy range and what to do. */
public final class MetricsPage {
    private static final String HEAD = """
            # Metrics

            `--metrics-port 9095` serves these numbers to Prometheus at `/metrics` while a run lasts (`/healthz` answers 200, every other path
            404), to this machine alone unless `--metrics-host 0.0.0.0` says otherwise; `metrics.jsonl` in the run's directory has those with a key, one object a step. The report explains them in the same words: all
            come from [words.yaml](../rlhf-driver/src/main/resources/dev/rlhf/driver/observe/words.yaml), of which `./rlhf config metrics` makes
            this page. Dashboards, alerts and what to do about them stand in [operations.md](operations.md).

            Each has the label `run`, the name of the run's directory; those of a stage have `stage` as well, those of an actor `component`.
            Gauges hold the last step's or evaluation's number; those of a stage go when it ends. Counters begin at 0 with each process and never
            fall: a step that is repeated after a lost actor is counted again. An actor's numbers are as of its last answer; what it owes is known at
            any moment. The driver's process and its JVM are described by the usual `process_…` (`process_resident_memory_bytes`,
            `process_cpu_seconds_total`) and `jvm_…` metrics. A number that nobody has described is `rlhf_` and its key.

            `evaluations.jsonl` has one object an evaluation: `stage`, `step` (0 is the model before the first step), `run_step`, `weight_version`,
            those of the numbers `eval_…` that the stage has, and `time_evaluate_s`. The line of `metrics.jsonl` of an evaluated step has them
            too. Where a key ends with `*`, the rest of it names the part. Where a number has a bound, dashboards draw it and alerts use it.

            | name | key in metrics.jsonl | type | what it is | healthy | unhealthy | what to do |
            |---|---|---|---|---|---|---|
            """;

    private MetricsPage() {}

    /** The page, with a line feed at its end. */
    public static String text() {
        return Metrics.ALL.stream()
                .filter(metric -> !metric.name().isEmpty())
                .map(MetricsPage::row)
                .collect(Collectors.joining("\n", HEAD, "\n"));
    }

    private static String row(Metric metric) {
        String key = metric.key().isEmpty() ? "" : "`" + metric.key() + "`";
        return String.join(
                " | ",
                "| `" + metric.name() + "`",
                key,
                metric.type(),
                metric.help(),
                metric.healthy(),
                bounds(metric),
                metric.action() + " |");
    }

    private static String bounds(Metric metric) {
        String above = metric.above().isEmpty() ? "" : "above " + metric.above();
        String below = metric.below().isEmpty() ? "" : "below " + metric.below();
        return above + (above.isEmpty() || below.isEmpty() ? "" : ", ") + below;
    }
}
