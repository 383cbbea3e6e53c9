package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user's own kind of reward, compiled outside the project from the code that the documentation shows. */
class OwnRewardTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SOURCE = DocumentedCode.of("rewards.md", "java");
    private static final String KIND = "demo.VowelShare$Kind";
    private static final String VOWELS = "{kind: vowel-share, weight: 0.5, target: 0.4}";

    @TempDir
    Path folder;

    private JarBuilder builder = new JarBuilder(Path.of(""));
    private SmallRecipe recipe = new SmallRecipe(Path.of(""));

    @BeforeEach
    void pack() {
        builder = new JarBuilder(folder);
        recipe = new SmallRecipe(folder);
        builder.jar("vowel-share.jar", builder.compile("VowelShare", SOURCE), KIND);
        recipe.text(yaml("[vowel-share.jar]", "[{kind: exact-match}, " + VOWELS + "]"));
    }

    @Test
    void itTrainsAndHasAColumnOfItsOwn() throws IOException {
        run("run").assertDone();

        List<String> lines = Files.readAllLines(folder.resolve("run/metrics.jsonl"));
        JsonNode last = JSON.readTree(lines.get(lines.size() - 1));
        double vowels = last.path("reward_vowel_share").asDouble(Double.NaN);
        assertThat(vowels).isBetween(0.4, 1.0);
        assertThat(last.path("reward_mean").asDouble())
                .isEqualTo(last.path("reward_exact_match").asDouble() + 0.5 * vowels);
        assertThat(Files.readString(folder.resolve("run/report.html"))).contains("0.5 × vowel-share");
        assertThat(Files.readString(folder.resolve("run/resolved.yaml")))
                .contains(folder.resolve("vowel-share.jar").toString(), "kind: vowel-share", "target: 0.4");
    }

    @Test
    void itJudgesAnEvaluation() throws IOException {
        recipe.text(yaml("[vowel-share.jar]", "[{kind: exact-match}]")
                + "    evaluation: {reward: {kind: vowel-share, target: 1}, data: {kind: spelling, split: held-out},"
                + " limit: 4, max-tokens: 4}\n");
        run("run").assertDone();

        List<String> lines = Files.readAllLines(folder.resolve("run/evaluations.jsonl"));
        JsonNode evaluation = JSON.readTree(lines.get(lines.size() - 1));
        assertThat(evaluation.path("eval_accuracy").asDouble(Double.NaN)).isBetween(0.0, 1.0);
    }

    @Test
    void itsKeysAreCheckedAndExplainedAsOurs() {
        String file = folder.resolve("small.yaml").toString();
        assertThat(Invocation.of("config", "explain", "stages.grpo.rewards.vowel-share.target", "--recipe", file)
                        .assertDone()
                        .out())
                .contains("at least 0 and at most 1");
        Invocation.of("check", file).assertDone();

        recipe.text(yaml("[vowel-share.jar]", "[" + VOWELS.replace("0.4", "1.4") + "]"));
        run("refused").assertRefused(2, "small.yaml:", "rewards[0].target", "at most 1, not 1.4");
        recipe.text(yaml("[vowel-share.jar]", "[" + VOWELS.replace("target", "goal") + "]"));
        run("refused").assertRefused(2, "rewards[0].goal", "unknown key", "target");
        recipe.text(yaml("[]", "[" + VOWELS + "]"));
        run("refused").assertRefused(2, "rewards[0].kind", "exact-match, http,", "not 'vowel-share'");
    }

    @Test
    void aResumedRunAsksForTheSameJar() {
        run("run").assertDone();
        builder.jar("vowel-share.jar", builder.compile("VowelShare", SOURCE.replace("aeiou", "aeiouy")), KIND);

        Invocation.of("run", "--resume", "--out", folder.resolve("run").toString())
                .assertRefused(2, "vowel-share.jar has changed", "jars[0]");
        Invocation.of(
                        "run",
                        "--resume",
                        "--accept-changed-inputs",
                        "--out",
                        folder.resolve("run").toString())
                .assertDone();
    }

    @Test
    void whatItThrowsIsToldWithItsKindItsJarAndItsLine() {
        String broken = SOURCE.replace(
                "return 1 -", "if (share <= 1) throw new IllegalStateException(\"no vowels\");\n        return 1 -");
        builder.jar("vowel-share.jar", builder.compile("VowelShare", broken), KIND);

        Invocation ended = run("run");

        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.err().lines().toList()).as("one line").hasSize(1);
        assertThat(ended.err())
                .contains(
                        "reward vowel-share in " + folder.resolve("vowel-share.jar"),
                        "threw java.lang.IllegalStateException: no vowels at demo.VowelShare.score(VowelShare.java:");
    }

    @Test
    void aJarThatCannotBeUsedIsNamed() throws IOException {
        Map<String, byte[]> classes = builder.compile("VowelShare", SOURCE);
        builder.jar("a.jar", classes);
        refuse("[a.jar]", "a.jar has no kind of reward", "META-INF/services/dev.rlhf.core.reward.RewardKind");

        builder.jar("b.jar", classes, "demo.Missing");
        refuse("[b.jar]", "b.jar: a class cannot be loaded", "demo.Missing");

        Map<String, byte[]> without = new LinkedHashMap<>(classes);
        without.remove("demo/VowelShare.class");
        builder.jar("c.jar", without, KIND);
        refuse("[c.jar]", "c.jar: a class cannot be loaded", "demo/VowelShare");

        builder.jar("d.jar", builder.compile("Twin", SOURCE.replace("VowelShare", "Twin")), "demo.Twin$Kind");
        refuse("[vowel-share.jar, d.jar]", "d.jar: demo.Twin is of kind 'vowel-share'", "demo.VowelShare is already");

        builder.jar(
                "e.jar",
                builder.compile("Exact", SOURCE.replace("VowelShare", "Exact").replace("vowel-share", "exact-match")),
                "demo.Exact$Kind");
        refuse("[e.jar]", "e.jar: demo.Exact is of kind 'exact-match'", "dev.rlhf.core.reward.ExactMatch is already");

        builder.jar(
                "f.jar",
                builder.compile("Bare", SOURCE.replace("VowelShare", "Bare").replaceFirst("@Block\\(.*", "")),
                "demo.Bare$Kind");
        refuse("[f.jar]", "f.jar: demo.Bare must be a record with @Block");

        Files.writeString(folder.resolve("g.jar"), "no jar");
        refuse("[g.jar]", "g.jar is no jar");
        refuse("[h.jar]", "no such file", "h.jar");
    }

    private void refuse(String jars, Object... fragments) {
        recipe.text(yaml(jars, "[{kind: exact-match}]"));
        run("refused").assertRefused(2, fragments);
    }

    private Invocation run(String name) {
        return Invocation.of(
                "run",
                folder.resolve("small.yaml").toString(),
                "--out",
                folder.resolve(name).toString());
    }

    private static String yaml(String jars, String rewards) {
        return SmallRecipe.HEAD + "jars: " + jars + "\n"
                + SmallRecipe.SFT_THEN_GRPO.replace("[{kind: position-match}]", rewards);
    }
}
