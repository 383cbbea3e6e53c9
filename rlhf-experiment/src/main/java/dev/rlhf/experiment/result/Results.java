package dev.rlhf.experiment.result;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.Constant;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.experiment.design.Experiment;
import dev.rlhf.experiment.design.Measure;
import dev.rlhf.experiment.statistics.Interval;
import java.util.List;
import java.util.Map;

/**
 * An experiment with its numbers and what follows from them, as in {@code results.json}.
 *
 * @param experiment what was asked
 * @param cells what each run measured, in the experiment's order
 * @param findings what follows
 * @param inputs SHA-256 of what the numbers came from, by name: the experiment's file, its recipes, the program
 * @param remarks what a reader must know of how the numbers came about, in sentences
 * @param times when and how long, which are the only numbers that differ when the experiment is repeated
 */
public record Results(
        Experiment experiment,
        List<CellResult> cells,
        List<Finding> findings,
        Map<String, String> inputs,
        List<String> remarks,
        Map<String, Object> times) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    /** Keeps its own copies. */
    public Results {
        cells = List.copyOf(cells);
        findings = List.copyOf(findings);
        inputs = Map.copyOf(inputs);
        remarks = List.copyOf(remarks);
        times = Map.copyOf(times);
    }

    /** The results of runs. */
    public static Results of(
            Experiment experiment,
            List<CellResult> cells,
            Map<String, String> inputs,
            List<String> remarks,
            Map<String, Object> times) {
        return new Results(experiment, cells, Findings.of(experiment, cells), inputs, remarks, times);
    }

    /** The file's text. */
    public byte[] json() {
        ObjectNode json = JSON.createObjectNode()
                .put("experiment", experiment.name())
                .put("question", experiment.question())
                .put("claim", experiment.claim());
        json.set("seeds", JSON.valueToTree(experiment.seeds()));
        json.set("inputs", JSON.valueToTree(inputs));
        json.set("remarks", JSON.valueToTree(remarks));
        findings.forEach(finding -> json.withArray("findings").add(finding(finding)));
        cells.forEach(cell -> json.withArray("cells").add(cell(cell)));
        json.set("times", JSON.valueToTree(times));
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw RlhfException.bug("results cannot be written: " + e.getMessage());
        }
    }

    private ObjectNode finding(Finding finding) {
        Measure measure = experiment.measure(
                experiment.comparisons().get(finding.comparison()).measure());
        ObjectNode json = JSON.createObjectNode()
                .put("measure", measure.name())
                .put("kind", experiment.comparisons().get(finding.comparison()).kind());
        json.set("levels", JSON.valueToTree(finding.levels()));
        ArrayNode means = json.putArray("means");
        for (int i = 0; i < finding.columns().size(); i++) {
            Interval mean = finding.means().get(i);
            means.add(number(
                    number(
                            number(
                                    JSON.createObjectNode()
                                            .put("column", finding.columns().get(i)),
                                    "mean",
                                    mean.mean()),
                            "low",
                            mean.low()),
                    "high",
                    mean.high()));
        }
        json.put("seeds", finding.contrast().seeds());
        json.put("monotone", finding.contrast().monotone());
        number(json, "slope", finding.contrast().slope());
        number(json, "low", finding.contrast().low());
        number(json, "high", finding.contrast().high());
        number(json, "size", finding.contrast().size());
        number(json, "p", finding.contrast().p());
        number(json, "p_adjusted", finding.adjusted());
        return json.put("conclusion", Constant.text(finding.conclusion()))
                .put("expected", Constant.text(finding.expect()))
                .put("standing", Constant.text(finding.standing()));
    }

    /** A number that is none is written as null. */
    private static ObjectNode number(ObjectNode json, String key, double value) {
        return Double.isFinite(value) ? json.put(key, value) : json.putNull(key);
    }

    private static ObjectNode cell(CellResult result) {
        ObjectNode json = JSON.createObjectNode()
                .put("cell", result.cell().id())
                .put("part", result.cell().part())
                .put("seed", result.cell().seed());
        json.set("levels", JSON.valueToTree(result.cell().levels()));
        json.set("values", JSON.valueToTree(result.values()));
        json.set("curves", JSON.valueToTree(result.curves()));
        return json.put("failure", result.failure());
    }
}
