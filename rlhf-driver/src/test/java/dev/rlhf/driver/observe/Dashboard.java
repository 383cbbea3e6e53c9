package dev.rlhf.driver.observe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.OptionalDouble;

/** A dashboard as Grafana imports it. */
final class Dashboard {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int WIDTH = 24;
    private static final int THIRD = 8;
    private static final int HEIGHT = 7;
    private static final int TOP = 3;
    private static final int SCHEMA = 39;

    private final DashboardPlan.Board board;

    Dashboard(DashboardPlan.Board board) {
        this.board = board;
    }

    /** Its file, with a line feed at its end. */
    String text() {
        ObjectNode root = JSON.createObjectNode();
        root.put("uid", "rlhf-" + board.file().replace(".json", ""));
        root.put("title", board.title());
        root.put("description", board.sentence());
        root.putArray("tags").add("rlhf");
        root.put("schemaVersion", SCHEMA);
        root.put("editable", true);
        root.put("refresh", "30s");
        root.put("timezone", "browser");
        root.putObject("time").put("from", "now-3h").put("to", "now");
        variables(root.putObject("templating").putArray("list"));
        ArrayNode panels = root.putArray("panels");
        ObjectNode words = panels.addObject();
        words.put("id", 1).put("type", "text").put("title", "");
        place(words, 0, 0, WIDTH, TOP);
        words.putObject("options").put("mode", "markdown").put("content", board.sentence());
        for (int i = 0; i < board.panels().size(); i++) {
            ObjectNode panel = panels.addObject();
            panel.put("id", i + 2);
            place(panel, i % (WIDTH / THIRD) * THIRD, TOP + i / (WIDTH / THIRD) * HEIGHT, THIRD, HEIGHT);
            fill(panel, board.panels().get(i));
        }
        try {
            return JSON.writer(new DefaultPrettyPrinter().withArrayIndenter(new DefaultIndenter("  ", "\n")))
                            .writeValueAsString(root)
                    + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void variables(ArrayNode variables) {
        variables
                .addObject()
                .put("name", "datasource")
                .put("label", "Prometheus")
                .put("type", "datasource")
                .put("query", "prometheus");
        ObjectNode run = variables.addObject();
        run.put("name", "run").put("label", "Run").put("type", "query");
        source(run);
        run.put("query", "label_values(rlhf_run_info, run)");
        run.put("multi", true).put("includeAll", true).put("allValue", ".+").put("refresh", 2);
        run.putObject("current").put("text", "All").put("value", "$__all");
    }

    private static void fill(ObjectNode json, DashboardPlan.Panel panel) {
        json.put("type", panel.type());
        json.put("title", panel.title());
        json.put("description", panel.words());
        source(json);
        ArrayNode targets = json.putArray("targets");
        for (DashboardPlan.Query query : panel.queries()) {
            targets.addObject()
                    .put("refId", String.valueOf((char) ('A' + targets.size() - 1)))
                    .put("expr", query.text())
                    .put("legendFormat", query.legend());
        }
        ObjectNode defaults = json.putObject("fieldConfig").putObject("defaults");
        if (!panel.unit().isEmpty()) {
            defaults.put("unit", panel.unit());
        }
        thresholds(defaults.putObject("thresholds"), panel.least(), panel.most());
        ObjectNode drawn = defaults.putObject("custom");
        if (panel.most().isPresent() || panel.least().isPresent()) {
            drawn.putObject("thresholdsStyle").put("mode", "line");
        }
        if (panel.stacked()) {
            drawn.put("fillOpacity", 30).putObject("stacking").put("mode", "normal");
        }
    }

    /** Red below the least and above the most healthy number. */
    private static void thresholds(ObjectNode json, OptionalDouble least, OptionalDouble most) {
        ArrayNode steps = json.put("mode", "absolute").putArray("steps");
        steps.addObject().put("color", least.isPresent() ? "red" : "green").putNull("value");
        least.ifPresent(value -> steps.addObject().put("color", "green").put("value", value));
        most.ifPresent(value -> steps.addObject().put("color", "red").put("value", value));
    }

    private static void source(ObjectNode json) {
        json.putObject("datasource").put("type", "prometheus").put("uid", "${datasource}");
    }

    private static void place(ObjectNode json, int x, int y, int width, int height) {
        json.putObject("gridPos").put("x", x).put("y", y).put("w", width).put("h", height);
    }
}
