package dev.rlhf.driver.observe;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * What dashboards are made of, as dashboards.yaml says.
 *
 * @param dashboards all of them
 */
public record DashboardPlan(List<Board> dashboards) {
    /** How a query says "the chosen runs". */
    private static final String CHOSEN = "$R";

    /**
     * A dashboard.
     *
     * @param file its file in helm/rlhf/dashboards
     * @param title its title
     * @param sentence how it is read
     * @param panels its panels in their order
     */
    public record Board(String file, String title, String sentence, List<Panel> panels) {}

    /**
     * A panel.
     *
     * @param title its title
     * @param kind Grafana's kind; empty for timeseries
     * @param unit Grafana's unit; empty for none
     * @param sentence what it says; empty for what words.yaml says of {@code number}
     * @param number Prometheus' name of its first number
     * @param stacked whether lines are stacked
     * @param vllm whether it is about what generation servers say
     * @param above bound of its own
     * @param queries what it shows
     */
    public record Panel(
            String title,
            String kind,
            String unit,
            String sentence,
            String number,
            boolean stacked,
            boolean vllm,
            String above,
            List<Query> queries) {
        /** Its kind for Grafana. */
        String type() {
            return kind.isEmpty() ? "timeseries" : kind;
        }

        /** What it says of itself. */
        String words() {
            return sentence.isEmpty()
                    ? Metrics.exported(number).words() + " "
                            + Metrics.exported(number).action()
                    : sentence;
        }

        OptionalDouble most() {
            if (!above.isEmpty()) {
                return OptionalDouble.of(Double.parseDouble(above));
            }
            return number.isEmpty()
                    ? OptionalDouble.empty()
                    : Metrics.exported(number).most();
        }

        OptionalDouble least() {
            return number.isEmpty()
                    ? OptionalDouble.empty()
                    : Metrics.exported(number).least();
        }
    }

    /**
     * A query.
     *
     * @param expr in PromQL
     * @param legend what its lines are called
     * @param only {@code vllm} for what the embedded server does not tell; empty for all others
     */
    public record Query(String expr, String legend, String only) {
        /** For Grafana. */
        String text() {
            return expr.replace(CHOSEN, "run=~\"$run\"");
        }

        /** For all runs, with rates over so long. */
        public String plain(String window) {
            return expr.replace(CHOSEN, "run=~\".+\"").replace("$__rate_interval", window);
        }
    }

    /** The plan of the house. */
    public static DashboardPlan read() {
        JsonMapper mapper = JsonMapper.builder()
                .defaultSetterInfo(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY))
                .build();
        try (InputStream stream = Objects.requireNonNull(DashboardPlan.class.getResourceAsStream("dashboards.yaml"))) {
            Object document = new Yaml(new SafeConstructor(new LoaderOptions())).load(stream);
            return mapper.convertValue(document, DashboardPlan.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
