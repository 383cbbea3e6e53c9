package dev.rlhf.driver.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The dashboards that Grafana imports.
 *
 * <p>{@code -Ddashboards.write=true} writes them anew.
 */
class DashboardTest {
    private static final Path FOLDER = Path.of("..", "helm", "rlhf", "dashboards");
    private static final ObjectMapper JSON = new ObjectMapper();

    static List<DashboardPlan.Board> boards() {
        return DashboardPlan.read().dashboards();
    }

    @ParameterizedTest
    @MethodSource("boards")
    void theFileIsWhatThePlanSays(DashboardPlan.Board board) throws IOException {
        Path file = FOLDER.resolve(board.file());
        String text = new Dashboard(board).text();
        if (Boolean.getBoolean("dashboards.write")) {
            Files.createDirectories(FOLDER);
            Files.writeString(file, text);
        }
        assertThat(file).content().isEqualTo(text);
    }

    @Test
    void thereIsNoOtherFile() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            boards().stream().map(DashboardPlan.Board::file).toList());
        }
    }

    @Test
    void everyNumberOfAQueryIsOneThatIsExported() {
        List<DashboardPlan.Panel> panels =
                boards().stream().flatMap(board -> board.panels().stream()).toList();
        assertThat(boards()).hasSizeGreaterThanOrEqualTo(3);
        assertThat(panels.stream().flatMap(panel -> panel.queries().stream())).hasSizeGreaterThanOrEqualTo(30);
        assertThat(panels).allSatisfy(panel -> {
            assertThat(panel.words()).as(panel.title()).endsWith(".");
            panel.queries()
                    .forEach(query -> assertThat(PrometheusNames.unknown(query.expr()))
                            .as(query.expr())
                            .isEmpty());
        });
        assertThat(PrometheusNames.unknown("rate(rlhf_phase_seconds_sum[5m]) / rlhf_made_up"))
                .containsExactly("rlhf_made_up");
    }

    @Test
    void aBoundIsTheOneOfTheTable() throws IOException {
        JsonNode board = JSON.readTree(FOLDER.resolve("training.json").toFile());
        JsonNode panel = StreamSupport.stream(board.path("panels").spliterator(), false)
                .filter(one -> one.path("title").asText().equals("Prompts whose answers all earn the same"))
                .findFirst()
                .orElseThrow();
        assertThat(panel.path("description").asText())
                .isEqualTo(Metrics.known("zero_variance_groups").words() + " "
                        + Metrics.known("zero_variance_groups").action());
        JsonNode steps =
                panel.path("fieldConfig").path("defaults").path("thresholds").path("steps");
        assertThat(steps.path(1).path("value").asDouble()).isEqualTo(0.8);
        assertThat(steps.path(1).path("color").asText()).isEqualTo("red");
        assertThat(panel.path("targets").path(0).path("expr").asText())
                .isEqualTo("rlhf_zero_variance_groups_ratio{run=~\"$run\"}");
    }

    @Test
    void theTableIsShownInItsGreaterPart() {
        Set<String> shown = boards().stream()
                .flatMap(board -> board.panels().stream())
                .flatMap(panel -> panel.queries().stream())
                .flatMap(query -> PrometheusNames.in(query.expr()).stream())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(shown).hasSizeGreaterThan(35);
    }
}
