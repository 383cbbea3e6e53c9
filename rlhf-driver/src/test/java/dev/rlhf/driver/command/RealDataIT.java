package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.reward.NumericAnswer;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.FinishReason;
import dev.rlhf.driver.observe.Summary;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * GSM8K and Anthropic's HH as they are.
 *
 * <p>They are not shipped: put {@code gsm8k-test.jsonl} and {@code hh-preferences.jsonl} into {@code ../shared/data} beside the
 * checkout, or name their folder by {@code -Drlhf.data} or {@code RLHF_DATA}. Without them these tests are skipped and say so.
 */
class RealDataIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern FINAL = Pattern.compile("#### ?\\$?(-?[0-9.,]*[0-9])");

    @TempDir
    Path folder;

    @Test
    void aGrpoRunOnGsm8kScoresByTheFinalNumber() throws IOException {
        Path data = dataFile("gsm8k-test.jsonl");

        run("gsm8k-grpo.yaml", "stages.grpo.data.path=" + data);

        List<JsonNode> steps = lines(folder.resolve("metrics.jsonl"));
        assertThat(steps).hasSize(5);
        List<String> questions = rows(data).stream()
                .map(row -> "Question: " + row.path("question").asText() + "\nAnswer:")
                .toList();
        List<JsonNode> samples = lines(folder.resolve("samples.jsonl"));
        assertThat(samples).hasSize(5 * 3);
        for (JsonNode sample : samples) {
            int row = questions.indexOf(sample.path("prompt").asText());
            assertThat(row).as("a question of the file: %s", sample).isNotNegative();
            double expected = sampleReward(
                    sample.path("response").asText(),
                    rows(data).get(row).path("answer").asText());
            assertThat(sample.path("reward").asDouble()).isEqualTo(expected);
        }
        for (JsonNode step : steps) {
            assertThat(step.path("loss").isNumber() && step.path("grad_norm").isNumber())
                    .isTrue();
            assertThat(16 * step.path("truncated").asDouble())
                    .isCloseTo(Math.rint(16 * step.path("truncated").asDouble()), within(1e-9));
            assertThat(step.path("response_length").asDouble()).isBetween(1.0, 64.0);
        }
    }

    @Test
    void aRewardModelOnHhIsMeasuredOnHeldOutPairs() throws IOException {
        Path data = dataFile("hh-preferences.jsonl");

        run("hh-reward-model.yaml", "stages.reward-model.data.path=" + data, "stages.reward-model.data.held-out=43");

        double accuracy = Objects.requireNonNull(
                Summary.read(folder.resolve("summary.json")).stages().get(0).pairAccuracy());
        assertThat(accuracy).isBetween(0.0, 1.0);
        assertThat(43 * accuracy).isCloseTo(Math.rint(43 * accuracy), within(1e-9));
        assertThat(lines(folder.resolve("metrics.jsonl"))).hasSize(5);
    }

    @Test
    void everyAnswerOfGsm8kIsReadAsItIsMeant() throws IOException {
        NumericAnswer rule = new NumericAnswer();
        for (JsonNode row : rows(dataFile("gsm8k-test.jsonl"))) {
            String answer = row.path("answer").asText();
            BigDecimal number = number(answer);
            Prompt prompt = new Prompt("row", "question", new int[] {1}, Map.of("answer", answer));
            for (String right : List.of(
                    answer, "#### " + number, "So it is $" + number + ".", "3 - 1 makes " + number + ".00 dollars")) {
                assertThat(rule.score(prompt, completion(right)))
                        .as("%s for %s", right, answer)
                        .isEqualTo(1);
            }
            for (String wrong : List.of(
                    "",
                    "none",
                    "#### " + number.add(BigDecimal.ONE),
                    number + " or " + number.negate().subtract(BigDecimal.ONE))) {
                assertThat(rule.score(prompt, completion(wrong)))
                        .as("%s for %s", wrong, answer)
                        .isZero();
            }
        }
    }

    private static double sampleReward(String response, String answer) {
        Matcher numbers = Pattern.compile("(?<![0-9])-?\\$?[0-9][0-9,]*(\\.[0-9]+)?|-?\\.[0-9]+")
                .matcher(response.contains("####") ? response.substring(response.lastIndexOf("####")) : response);
        BigDecimal last = null;
        while (numbers.find() && (last == null || !response.contains("####"))) {
            last = new BigDecimal(numbers.group().replaceAll("[$,]", ""));
        }
        return last != null && last.compareTo(number(answer)) == 0 ? 1 : 0;
    }

    private static BigDecimal number(String answer) {
        Matcher mark = FINAL.matcher(answer);
        assertThat(mark.find()).as("a final number in %s", answer).isTrue();
        return new BigDecimal(mark.group(1).replace(",", ""));
    }

    private static Completion completion(String text) {
        return new Completion(new int[] {1}, new float[] {0}, FinishReason.STOP, new WeightVersion(0), text);
    }

    private void run(String recipe, String... settings) {
        List<String> arguments = new ArrayList<>(List.of(
                "run", RlhfProcess.HOME.resolve("recipes").resolve(recipe).toString(), "--out", folder.toString()));
        for (String setting : settings) {
            arguments.addAll(List.of("--set", setting));
        }
        Invocation.of(arguments.toArray(String[]::new)).assertDone();
    }

    private static Path dataFile(String name) {
        String named = System.getProperty("rlhf.data", System.getenv().getOrDefault("RLHF_DATA", ""));
        Path data = named.isEmpty() ? RlhfProcess.HOME.resolveSibling("shared/data") : Path.of(named);
        Path file = data.resolve(name).toAbsolutePath().normalize();
        assumeTrue(
                Files.exists(file),
                "SKIPPED, not tested on real data: there is no " + file
                        + "; name its folder by -Drlhf.data or RLHF_DATA");
        return file;
    }

    private static List<JsonNode> rows(Path file) throws IOException {
        return lines(file);
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }
}
