package dev.rlhf.driver.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rlhf.experiment.result.Results;
import dev.rlhf.experiment.statistics.Interval;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.parser.Parser;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentReportTest {
    private static final List<String> FIGURES =
            List.of("comparison-1", "comparison-2", "comparison-3", "curve-1", "curve-2");

    @TempDir
    static Path directory;

    private static String html;
    private static Document page;
    private static String summary;

    @BeforeAll
    static void write() throws IOException {
        Path written = ExperimentReport.write(
                MadeUpExperiment.results(), directory.resolve("report"), MadeUpExperiment.COMMAND);
        html = Files.readString(written);
        page = Jsoup.parse(html);
        summary = Files.readString(written.resolveSibling("summary.md"));
    }

    @Test
    void thePageIsWellFormed() {
        Parser parser = Parser.htmlParser().setTrackErrors(20);
        Jsoup.parse(html, "", parser);

        assertThat(parser.getErrors()).isEmpty();
        assertThat(page.select("[id]").eachAttr("id")).doesNotHaveDuplicates();
    }

    @Test
    void itAsksAndAnswers() {
        assertThat(page.select("h1").text()).startsWith("Does a larger β keep the policy nearer");
        assertThat(page.select(".verdict").text())
                .isEqualTo("Of 7 comparisons, 5 bear out what the theory says and 2 cannot tell.");
        assertThat(page.select(".answer li")).hasSize(7);
        assertThat(page.select(".answer li").get(0).text())
                .startsWith(
                        "At advantage group: KL to the reference, nats a sequence, falls over β: −11.77 a level (95 %")
                .endsWith("3 seeds; the means fall from each level to the next). This bears out what the theory says.");
        assertThat(page.select(".answer li").get(3).text())
                .startsWith("Held-out accuracy after training from group to baseline: cannot tell; −10 points (95 %")
                .endsWith("2 of 3 seeds; if it is as it looks, 4 seeds would tell).");
        assertThat(page.select(".answer li").eachAttr("class"))
                .containsExactly("borne-out", "borne-out", "open", "open", "borne-out", "borne-out", "borne-out");
        assertThat(page.select(".claim").eachText())
                .containsExactly(
                        MadeUpExperiment.results().experiment().claim(),
                        "A KL that does not fall over β at some advantage, over more seeds.");
    }

    @Test
    void itSaysHowItWasDone() {
        assertThat(page.select(".facts > div").eachText())
                .containsExactly(
                        "runs 29 of 30",
                        "seeds 1, 2, 3",
                        "finished 2026-11-26T06:00:00Z",
                        "time of all runs 28 min 20 s");
        assertThat(page.select(".remark").eachText())
                .containsExactly(
                        "The run train/0.1--baseline/seed-3 failed and is in no number: the loss of step 7 is not finite "
                                + MadeUpExperiment.ATTACK,
                        MadeUpExperiment.REMARKS.get(0));
        assertThat(page.select(".command").text()).isEqualTo(MadeUpExperiment.COMMAND);
        assertThat(page.select("details pre").text()).contains("ab".repeat(32) + "  kl.yaml");
        assertThat(page.select("td:containsOwn(stages.rl.kl=0.01)")).isNotEmpty();
    }

    @Test
    void everyFindingAndEveryRunHasARow() {
        assertThat(page.select("#findings tbody tr")).hasSize(7);
        assertThat(page.select("#findings tbody tr").get(3).select("td").eachText())
                .endsWith("0.095", "cannot tell", "–");
        assertThat(page.select("#runs tbody tr")).hasSize(30);
        assertThat(page.select("#runs tbody tr").get(29).text())
                .isEqualTo("0.1 baseline 3 – – – the loss of step 7 is not finite " + MadeUpExperiment.ATTACK);
    }

    @Test
    void eachComparisonAndEachCurveHasItsFigure() {
        assertThat(page.select("figure").eachAttr("id")).containsExactlyElementsOf(FIGURES);
        assertThat(page.select("#comparison-1 svg text").eachText())
                .contains(
                        "KL to the reference, nats a sequence",
                        "advantage group",
                        "advantage leave-one-out",
                        "advantage baseline",
                        "β",
                        "0.001",
                        "0.01",
                        "0.1");
        assertThat(page.select("#comparison-3 svg text").eachText())
                .contains("%", "held-out accuracy before training", "held-out accuracy after training");
        assertThat(page.select("#curve-1 svg text").eachText())
                .contains("Held-out accuracy, %", "β 0.001", "√KL to the reference, √nats");
        assertThat(page.select("#curve-2 svg text").eachText())
                .contains("training steps", "β 0.1: held-out accuracy", "β 0.1: held-out kl");
    }

    @Test
    void aCurveIsTheMeanOverSeedsOfTheMeanOverWhatHasNoLine() {
        List<Figure> curves = new ExperimentFigures(MadeUpExperiment.results()).curves();
        Figure.Line kl = curves.get(1).lines().get(1);

        // At β 0.001 and step 20 the noises of advantages 0, 1, 2 and seeds 1, 2, 3 stand at (1 + 5·advantage + 2·seed)
        // mod 7.
        double first = (0.05 + 0.12 - 0.08) / 3;
        double second = (0.29 + 0.05 + 0.12) / 3;
        double third = (-0.31 + 0.29 + 0.05) / 3;
        Interval expected = Interval.of(new double[] {
            (28 + 4 * first) / 5, (28 + 4 * second) / 5, (28 + 4 * third) / 5,
        });
        assertThat(kl.label()).isEqualTo("β 0.001: held-out kl");
        assertThat(kl.points().get(1).x()).isEqualTo(20);
        assertThat(kl.points().get(1).mean().mean()).isCloseTo(expected.mean(), within(1e-12));
        assertThat(kl.points().get(1).mean().high()).isCloseTo(expected.high(), within(1e-12));
        // The seed with the failed run is left out of β 0.1.
        assertThat(curves.get(1).lines().get(5).points().get(1).mean().values()).isEqualTo(2);
    }

    @Test
    void thePageLoadsAndRunsNothing() {
        assertThat(page.select("script, [src], [href], link, iframe, object, embed, base, form, image, use"))
                .isEmpty();
        assertThat(page.select("style").get(0).data()).doesNotContain("url(", "@import");
        assertThat(page.select("meta[http-equiv=Content-Security-Policy]").attr("content"))
                .isEqualTo("default-src 'none'; style-src 'unsafe-inline'");
    }

    @Test
    void whatComesFromTheExperimentIsShownAndNotRun() throws IOException {
        assertThat(page.select("h1").text()).endsWith(MadeUpExperiment.ATTACK);
        assertThat(page.select("#curve-2 svg > title").text())
                .isEqualTo("Both numbers over " + MadeUpExperiment.ATTACK);
        assertThat(summary).doesNotContain("\n<script", " <script").contains("\\<script\\>alert('β')\\</script\\>");
        assertThat(Files.readString(directory.resolve("report/figures/curve-2.svg")))
                .doesNotContain("<script");
    }

    @Test
    void theSameResultsAreTheSameBytes() throws IOException {
        Path again = directory.resolve("again");
        ExperimentReport.write(MadeUpExperiment.results(), again, MadeUpExperiment.COMMAND);

        try (Stream<Path> files = Files.walk(again)) {
            List<Path> written = files.filter(Files::isRegularFile).toList();
            assertThat(written)
                    .hasSize(2 + FIGURES.size())
                    .allSatisfy(file -> assertThat(file)
                            .hasSameBinaryContentAs(directory.resolve("report").resolve(again.relativize(file))));
        }
    }

    @Test
    void theSummaryIsTheSameAnswerWithItsFigures() throws IOException {
        assertThat(summary)
                .startsWith("# kl-penalty\n\n**Does a larger β keep the policy nearer")
                .contains("\nOf 7 comparisons, 5 bear out what the theory says and 2 cannot tell.\n")
                .contains("\n```\n" + MadeUpExperiment.COMMAND + "\n```\n")
                .contains("\n| kl.yaml | " + "ab".repeat(32) + " |\n");
        Matcher links = Pattern.compile("]\\(([^)]+)\\)").matcher(summary);
        List<String> linked = links.results().map(link -> link.group(1)).toList();
        assertThat(linked)
                .containsExactlyElementsOf(
                        FIGURES.stream().map(name -> "figures/" + name + ".svg").toList());
        for (String link : linked) {
            byte[] svg = Files.readAllBytes(directory.resolve("report").resolve(link));
            Document picture = Jsoup.parse(new String(svg, StandardCharsets.UTF_8), "", Parser.xmlParser());
            assertThat(picture.select("svg[viewBox] > title")).hasSize(1);
        }
        assertThat(summary.lines().filter(line -> line.startsWith("| ")).map(line -> line.split(" \\| ").length))
                .contains(2, 4, 5, 9);
    }

    @Test
    void oneSeedHasAPageWithoutIntervals() throws IOException {
        Results results = MadeUpExperiment.results(MadeUpExperiment.experiment(List.of(1), MadeUpExperiment.CHANGE));

        Document alone = Jsoup.parse(Files.readString(
                ExperimentReport.write(results, directory.resolve("alone"), MadeUpExperiment.COMMAND)));

        assertThat(alone.select(".answer li").get(0).text())
                .contains("cannot tell; +")
                .contains("(no interval; 1 seed)");
        assertThat(alone.select("#findings tbody tr").get(0).select("td").eachText())
                .contains("–", "cannot tell");
        assertThat(alone.text()).doesNotContain("NaN");
        assertThat(alone.select("svg").outerHtml()).doesNotContain("NaN");
    }
}
