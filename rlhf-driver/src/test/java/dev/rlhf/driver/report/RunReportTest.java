package dev.rlhf.driver.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunReportTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path directory;

    @Test
    void aFinishedRunHasARowForEachStage() throws IOException {
        Document page = WrittenRun.finished(directory).page();

        assertThat(page.select(".results tbody tr").eachText())
                .containsExactly(
                        "sft sft 2 50.0 % – – – 9.5 s",
                        "reward-model reward-model 2 – – – 87.5 % 1 min 15 s",
                        "ppo ppo 100 60.0 % +10.0 points on sft 0.250 0.500 – 1 min 00 s",
                        "grpo grpo 100 45.0 % -5.0 points on sft 0.500 1.500 – 1 h 01 min");
        assertThat(page.select(".state").text()).isEqualTo("finished");
        assertThat(page.select(".verdict").eachText())
                .containsExactly(
                        "The run finished: 4 stages, 8 steps, 1 h 04 min.",
                        "Held-out accuracy is 50.0 % after sft, 60.0 % after ppo and 45.0 % after grpo.",
                        "Held-out pairs ranked right: 87.5 % by reward-model.");
    }

    @Test
    void eachStageHasTheChartsOfItsKindWithWordsUnderThem() throws IOException {
        Document page = WrittenRun.finished(directory).page();

        assertThat(charts(page, "stage-1")).containsExactly("Loss", "Entropy", "Time of a step");
        assertThat(charts(page, "stage-2")).containsExactly("Pair accuracy", "Pair margin", "Loss", "Time of a step");
        assertThat(charts(page, "stage-3"))
                .containsExactly("Reward", "KL to the starting model", "Critic: explained variance", "Time of a step");
        assertThat(charts(page, "stage-4")).containsExactly("Reward", "Parts of the reward", "Time of a step");
        assertThat(page.select("section > .charts > figure p").eachText())
                .hasSameSizeAs(page.select("section > .charts > figure"))
                .allMatch(words -> words.contains("Healthy:"));
    }

    @Test
    void aChartCarriesTheNumbersOfTheSteps() throws IOException {
        WrittenRun run = WrittenRun.ofAllStages(directory);
        run.step("ppo", 1, Map.of("reward_mean", 0.123456789));
        run.step("ppo", 2, Map.of("reward_mean", Double.NaN));
        run.step("ppo", 3, Map.of("reward_mean", 2.0));

        JsonNode chart = data(run.page(), "Reward");

        assertThat(chart.path("steps").toString()).isEqualTo("[1,2,3]");
        assertThat(chart.path("values").toString()).isEqualTo("[[0.1234568,null,2]]");
        assertThat(chart.path("labels").toString()).isEqualTo("[\"Reward\"]");
    }

    @Test
    void aStepsTimeIsTakenApart() throws IOException {
        JsonNode chart = data(WrittenRun.finished(directory).page(), "Time of a step");

        assertThat(chart.path("labels").toString()).isEqualTo("[\"generate\",\"update\",\"other\"]");
        assertThat(chart.path("values").toString()).isEqualTo("[[0.25,0.25],[0.5,0.5],[0.25,0.25]]");
    }

    @Test
    void aNumberThatNobodyExplainsOrThatNeverChangesIsShownAmongTheOthers() throws IOException {
        WrittenRun run = WrittenRun.ofAllStages(directory);
        run.step("ppo", 1, Map.of("truncated", 0.0, "new_number", 1.0));
        run.step("ppo", 2, Map.of("truncated", 0.0, "new_number", 2.0));

        assertThat(run.page().select("details figcaption").eachText()).containsExactly("new number", "truncated");
    }

    @Test
    void answersOfEachTimeAreShownWithTheirReward() throws IOException {
        Document page = WrittenRun.finished(directory).page();

        assertThat(page.select("#stage-3 .group > h4").eachText()).containsExactly("Steps 1 to 2");
        assertThat(page.select("#stage-3 article").eachText())
                .containsExactly("reward 0.125 early> ylrae", "reward 0.875 late> etal");
        assertThat(page.select("#stage-4 article").eachText()).containsExactly("reward 1.000 other> rehto");
        assertThat(page.select("#stage-1 article, #stage-2 article")).isEmpty();
    }

    @Test
    void manyAnswersAreThoseOfTheStartTheMiddleAndTheEnd() throws IOException {
        WrittenRun run = WrittenRun.ofAllStages(directory);
        for (int step = 1; step <= 100; step++) {
            run.step("grpo", step, Map.of("reward_mean", 0.5));
            run.sample("grpo", step, "prompt", "response", step);
        }

        assertThat(run.page().select(".group > h4").eachText())
                .containsExactly("Steps 1 to 6", "Steps 48 to 53", "Steps 95 to 100");
    }

    @Test
    void whatComesFromDataIsShownAndNotRun() throws IOException {
        String attack = "</pre><script>alert(1)</script><img src=x onerror=alert(2)>";
        WrittenRun run = WrittenRun.finished(directory);
        run.sample("ppo", 3, attack, "\"'><b>&amp;", 1);
        run.step("ppo", 3, Map.of("x\"><script>alert(3)</script>", 1.0));

        Document page = run.page();

        assertThat(page.select("script")).hasSize(1);
        assertThat(page.select("img, b:not(.legend b)")).isEmpty();
        assertThat(page.select("#stage-3 .prompt").eachText()).contains(attack);
        assertThat(page.select("#stage-3 .response").eachText()).contains("\"'><b>&amp;");
    }

    @Test
    void thePageLoadsNothingAndRunsItsOwnScriptOnly() throws Exception {
        Document page = WrittenRun.finished(directory).page();
        String script = page.select("script").get(0).data();
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));

        assertThat(page.select("[src], link, iframe, object, embed, base, form"))
                .isEmpty();
        assertThat(page.select("[href]").eachAttr("href")).allMatch(link -> link.startsWith("#stage-"));
        assertThat(page.select("style").get(0).data()).doesNotContain("url(", "@import");
        assertThat(page.select("meta[http-equiv=Content-Security-Policy]").attr("content"))
                .isEqualTo("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-"
                        + Base64.getEncoder().encodeToString(digest) + "'");
        assertThat(Files.size(directory.resolve("report.html"))).isLessThan(200_000);
    }

    @Test
    void aRunThatHasNotFinishedSaysHowFarItCame() throws IOException {
        WrittenRun run = WrittenRun.ofAllStages(directory);
        run.steps("sft", 2, Map.of("loss", 2.0));
        run.steps("reward-model", 2, Map.of("loss", 0.5));
        run.steps("ppo", 3, Map.of("reward_mean", 0.25, "kl", 0.5));

        Document page = run.page();

        assertThat(page.select(".state").text()).isEqualTo("not finished");
        assertThat(page.select(".verdict").get(0).text())
                .isEqualTo("The run has not finished: stage ppo (3 of 4) has done 3 of 100 steps.");
        assertThat(page.select(".results tbody tr").eachText())
                .containsExactly(
                        "sft sft 2 of 2 – – – – 2.0 s",
                        "reward-model reward-model 2 of 2 – – – – 2.0 s",
                        "ppo ppo 3 of 100 – 0.260 0.510 – 3.0 s",
                        "grpo grpo 0 of 100 – – – – –");
        assertThat(page.select("section[id]").eachAttr("id")).containsExactly("stage-1", "stage-2", "stage-3");
    }

    @Test
    void aRunBeforeItsFirstStepHasAPage() throws IOException {
        Document page = WrittenRun.ofAllStages(directory).page();

        assertThat(page.select(".verdict").text()).isEqualTo("The run has not finished its first step.");
        assertThat(page.select("figure")).isEmpty();
    }

    @Test
    void aHalfWrittenLineIsPassedOverAndSaid() throws IOException {
        WrittenRun run = WrittenRun.ofAllStages(directory);
        run.steps("sft", 2, Map.of("loss", 2.0));
        run.halfWrittenStep();

        Document page = run.page();

        assertThat(page.select(".remark").eachText())
                .containsExactly("Line 3 of metrics.jsonl is only half written and was passed over.");
        assertThat(data(page, "Loss").path("steps").toString()).isEqualTo("[1,2]");
    }

    @Test
    void aRunOfPreferencesAloneHasItsPage() throws IOException {
        WrittenRun run = ofPreferences();
        run.steps("align", 1, Map.of("loss", 0.69, "pair_accuracy", 0.5));

        Document page = run.page();

        assertThat(page.title()).isEqualTo("direct: report of a run");
        assertThat(charts(page, "stage-1")).containsExactly("Pair accuracy", "Loss", "Time of a step");
        assertThat(page.select("#stage-1 .facts").text())
                .isEqualTo("starts from base pairs a step 32 β 0.1 learning rate 1e-6");
    }

    @Test
    void implicitRewardsAreNoPartsOfAReward() throws IOException {
        WrittenRun run = ofPreferences();
        run.steps("align", 2, Map.of("loss", 0.69, "reward_chosen", -0.5, "reward_rejected", -0.75));

        Document page = run.page();

        assertThat(charts(page, "stage-1")).containsExactly("Implicit rewards", "Loss", "Time of a step");
        assertThat(data(page, "Implicit rewards").path("labels").toString())
                .isEqualTo("[\"better answer\",\"worse answer\"]");
        assertThat(page.select("#stage-1").text()).doesNotContain("rise together");
    }

    @Test
    void evaluationsAreCurvesThatBeginBeforeTheFirstStep() throws IOException {
        WrittenRun run = WrittenRun.ofAllStages(directory);
        run.evaluation("sft", 0, Map.of("eval_accuracy", 0.0, "eval_loss", 3.5));
        run.steps("sft", 2, Map.of("loss", 2.0, "eval_accuracy", 0.25));
        run.evaluation("sft", 2, Map.of("eval_accuracy", 0.25, "eval_loss", 1.5));

        Document page = run.page();

        assertThat(charts(page, "stage-1"))
                .containsExactly("Held-out accuracy", "Held-out loss", "Loss", "Time of a step");
        assertThat(data(page, "Held-out loss").path("steps").toString()).isEqualTo("[0,2]");
        assertThat(data(page, "Held-out loss").path("values").toString()).isEqualTo("[[3.5,1.5]]");
        assertThat(page.select("details figcaption").eachText()).doesNotContain("eval accuracy");
        assertThat(page.select(".results tbody tr").get(0).text())
                .isEqualTo("sft sft 2 of 2 25.0 % from 0.0 %, +25.0 points – – – 1.500 from 3.500 2.0 s");
    }

    @Test
    void aLossThatIsRoundingNoiseIsSaidToBeSo() throws IOException {
        WrittenRun run = WrittenRun.ofAllStages(directory);
        run.step("ppo", 1, Map.of("reward_mean", 0.5));
        run.step("ppo", 2, Map.of("reward_mean", 0.25, "loss", 3.4e-9));
        run.step("ppo", 3, Map.of("reward_mean", 0.5, "loss", -1e-9));
        run.step("grpo", 1, Map.of("reward_mean", 0.5, "loss", 1e-3));
        run.step("grpo", 2, Map.of("reward_mean", 0.75, "loss", -1e-9));

        Document page = run.page();

        assertThat(charts(page, "stage-3")).containsExactly("Reward", "Time of a step");
        assertThat(page.select("#stage-3 > .words").text()).contains("zero but for rounding (at most 3e-9)");
        assertThat(page.select("#stage-3 details figcaption").eachText()).doesNotContain("loss");
        assertThat(charts(page, "stage-4")).containsExactly("Reward", "Loss", "Time of a step");
        assertThat(page.select("#stage-4 > .words").text()).doesNotContain("rounding");
    }

    @Test
    void theRecipeStandsAtTheEnd() throws IOException {
        Document page = WrittenRun.finished(directory).page();

        assertThat(page.select("main > section:last-child pre").text())
                .isEqualTo(Files.readString(directory.resolve("resolved.yaml")).strip());
    }

    @Test
    void aDirectoryWithoutARunIsTheUsersMistake() {
        assertThatThrownBy(() -> RunReport.write(directory))
                .isInstanceOfSatisfying(
                        RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContaining("there is no run in " + directory);
    }

    private WrittenRun ofPreferences() throws IOException {
        return new WrittenRun(directory, """
                name: direct
                model: {kind: directory, path: models/small}
                stages:
                  - {name: align, kind: dpo, steps: 1, data: {kind: pairs, path: pairs.jsonl}}
                """);
    }

    private static List<String> charts(Document page, String stage) {
        return page.select("#" + stage + " > .charts figcaption").eachText();
    }

    private static JsonNode data(Document page, String title) throws IOException {
        Element figure = page.select("figure:has(figcaption:matchesOwn(^" + title + "$))")
                .get(0);
        return JSON.readTree(figure.attr("data-chart"));
    }
}
