package dev.rlhf.driver.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.driver.recipe.StageKinds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the code counts, and what a recipe can name, has words in words.yaml. */
class VocabularyTest {
    /** Where a step's numbers come from; what is put into JSON elsewhere is none of them. */
    private static final Path SOURCES = Path.of("..", "rlhf-core", "src", "main");

    /** Where evaluations are made. */
    private static final Path DRIVER = Path.of("src", "main");

    /** {@code sum.count("kl_loss", …)}, {@code metrics.put("kl", …)}, {@code add(metrics, prefix + "loss", …)}. */
    private static final Pattern COUNTED = Pattern.compile(
            "(?:\\bcount\\(|\\bmetrics\\.put\\(|\\badd\\(\\s*metrics,\\s*(?<prefix>prefix \\+ )?)\\s*\"(?<name>[a-z_]+)\"\\s*,");

    /** {@code numbers.put("eval_brier", …)}, {@code "eval_pass_at_" + k}. */
    private static final Pattern MEASURED = Pattern.compile("\"(?<name>eval_[a-z_]+)\"");

    private static final String CRITIC = "critic_";

    @Test
    void everyNumberThatIsCountedHasWords() throws IOException {
        Map<String, String> counted = new TreeMap<>();
        for (Path source : sources(SOURCES)) {
            String text = Files.readString(source);
            Matcher matcher = COUNTED.matcher(text);
            while (matcher.find()) {
                long line = text.substring(0, matcher.start("name")).lines().count();
                String place = source + ":" + line;
                String name = matcher.group("name");
                counted.put(place + " " + name, name);
                assertThat(isDescribed(name) || (matcher.group("prefix") == null && isDescribed(CRITIC + name)))
                        .as("words.yaml describes the number %s that is counted at %s", name, place)
                        .isTrue();
                if (matcher.group("prefix") != null) {
                    assertThat(isDescribed(CRITIC + name))
                            .as("words.yaml describes the critic's number %s that is counted at %s", name, place)
                            .isTrue();
                }
            }
        }
        assertThat(Set.copyOf(counted.values()))
                .as("numbers found in the sources")
                .contains("reward_mean", "kl", "loss", "clip_fraction", "reward_std", "value_mean")
                .hasSizeGreaterThan(20);
    }

    @Test
    void everyNumberOfAnEvaluationHasWords() throws IOException {
        Map<String, String> measured = new TreeMap<>();
        List<Path> sources = new ArrayList<>(sources(SOURCES));
        sources.addAll(sources(DRIVER));
        for (Path source : sources) {
            Matcher matcher = MEASURED.matcher(Files.readString(source));
            while (matcher.find()) {
                measured.put(matcher.group("name"), source.toString());
            }
        }
        assertThat(measured)
                .hasSizeGreaterThan(15)
                .allSatisfy((name, source) -> assertThat(
                                isDescribed(name) || Metrics.partOf(name + "1").isPresent())
                        .as("words.yaml describes the number %s of %s", name, source)
                        .isTrue());
    }

    @Test
    void everyKindOfStageHasItsOwnWordsAndNoOtherHasAny() {
        assertThat(Vocabulary.ALL.stages().keySet())
                .as("kinds of stages below 'stages' in words.yaml")
                .isEqualTo(Set.copyOf(StageKinds.names()));
        assertThat(Vocabulary.ALL.stages().values()).doesNotHaveDuplicates().allMatch(words -> words.endsWith("."));
    }

    @Test
    void whatIsDrawnHasWordsAndAForm() {
        assertThat(Metrics.ALL).allSatisfy(metric -> {
            assertThat(metric.form()).as(metric.toString()).isIn("number", "share", "stacked-seconds");
            assertThat(metric.key() + metric.name()).as(metric.toString()).isNotEmpty();
        });
        for (StageFamily family : StageFamily.values()) {
            assertThat(Metrics.charts(family, "")).hasSizeGreaterThan(15).allSatisfy(chart -> {
                assertThat(chart.get(0).help()).as(chart.toString()).endsWith(".");
                assertThat(chart.get(0).healthy()).as(chart.toString()).endsWith(".");
                assertThat(chart).extracting(Metric::line).doesNotHaveDuplicates();
            });
        }
    }

    @Test
    void whatANumberMeansToAKindGoesBeforeWhatItMeansToItsFamily() {
        assertThat(loss("dpo")).isEqualTo("loss/pairs");
        assertThat(loss("kto")).isEqualTo("loss/kto");
    }

    private static String loss(String kind) {
        return Metrics.charts(StageFamily.PAIRS, kind).stream()
                .filter(chart -> chart.get(0).title().equals("Loss"))
                .map(chart -> chart.get(0).key())
                .collect(Collectors.joining(" "));
    }

    private static boolean isDescribed(String name) {
        return Metrics.of(name).isPresent();
    }

    private static List<Path> sources(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }
}
