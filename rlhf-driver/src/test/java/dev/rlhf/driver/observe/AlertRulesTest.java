package dev.rlhf.driver.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The alert rules: what they ask for exists, their bounds are those of the table, and each has its section in the runbook. */
class AlertRulesTest {
    private static final Path RULES = Path.of("..", "helm", "rlhf", "rules");
    private static final Path RUNBOOK = Path.of("..", "docs", "operations.md");

    /** {@code rlhf_entropy[10m]) < 0.05}: a number, perhaps its mean or median, and its bound. */
    private static final Pattern BOUND = Pattern.compile(
            "^(?:avg_over_time\\(|quantile_over_time\\(0.5, )?(rlhf_[a-z_]+)(?:\\[\\w+]\\))? ([<>]) (-?[0-9.]+)(?: and .*)?$");

    /**
     * An alert.
     *
     * @param name its name
     * @param rule what its file says
     */
    private record Alert(String name, JsonNode rule) {
        String expression() {
            return rule.path("expr").asText();
        }
    }

    @Test
    void whatTheyAskForExists() throws IOException {
        assertThat(alerts()).hasSizeGreaterThanOrEqualTo(12).allSatisfy(alert -> {
            assertThat(PrometheusNames.unknown(alert.expression()))
                    .as(alert.name())
                    .isEmpty();
            assertThat(alert.rule().path("labels").path("severity").asText()).isIn("warning", "critical");
        });
        assertThat(alerts()).extracting(Alert::name).doesNotHaveDuplicates();
    }

    @Test
    void boundsAreThoseOfTheTable() throws IOException {
        List<String> compared = new ArrayList<>();
        for (Alert alert : alerts()) {
            Matcher bound = BOUND.matcher(alert.expression());
            if (bound.matches()) {
                Metric metric = Metrics.exported(bound.group(1));
                OptionalDouble expected = bound.group(2).equals(">") ? metric.most() : metric.least();
                assertThat(expected).as(alert.name()).hasValue(Double.parseDouble(bound.group(3)));
                compared.add(alert.name());
            }
        }
        assertThat(compared).hasSizeGreaterThanOrEqualTo(6);
    }

    @Test
    void eachHasItsSectionInTheRunbookAndNoSectionIsWithoutItsAlert() throws IOException {
        List<String> names = alerts().stream().map(Alert::name).toList();
        List<String> sections = Pattern.compile("^### (\\w+)$", Pattern.MULTILINE)
                .matcher(Files.readString(RUNBOOK))
                .results()
                .map((MatchResult match) -> match.group(1))
                .filter(title -> title.startsWith("Rlhf"))
                .toList();
        assertThat(sections).containsExactlyInAnyOrderElementsOf(names);
        assertThat(alerts())
                .allSatisfy(alert -> assertThat(
                                alert.rule().path("annotations").path("runbook").asText())
                        .isEqualTo("docs/operations.md#" + alert.name().toLowerCase(Locale.ROOT)));
    }

    private static List<Alert> alerts() throws IOException {
        List<Alert> alerts = new ArrayList<>();
        try (Stream<Path> files = Files.list(RULES)) {
            for (Path file : files.sorted().toList()) {
                Object document = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
                for (JsonNode group : new ObjectMapper().valueToTree(document).path("groups")) {
                    group.path("rules")
                            .forEach(rule ->
                                    alerts.add(new Alert(rule.path("alert").asText(), rule)));
                }
            }
        }
        return alerts;
    }
}
