package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/adding.md shows is all that it takes: files and lines are put in, compiled, tested and trained with. */
class AddingTest {
    private static final String PAIRS = """
            {"prompt": "ab>", "chosen": "ba", "rejected": "ab"}
            {"prompt": "xy>", "chosen": "yx", "rejected": "x"}
            """;

    private static final String VOCABULARY = "dev.rlhf.driver.observe.VocabularyTest";

    @TempDir
    Path folder;

    @Test
    void aLossForPreferences() throws IOException, InterruptedException {
        Addition loss = Addition.of(folder, "A loss for preferences");

        assertThat(loss.compileWithout("PreferenceLoss.java")).contains("HingePreference", "PreferenceLoss", "permits");
        loss.compile();
        loss.test();

        assertThat(trained(loss)).contains("\"pair_margin\":").contains("kind: hinge");
    }

    @Test
    void anAdvantage() throws IOException, InterruptedException {
        Addition advantage = Addition.of(folder, "An advantage");

        assertThat(advantage.compileWithout("AdvantageEstimator.java"))
                .contains("GroupMedian", "AdvantageEstimator", "permits");
        advantage.compile();
        advantage.test();

        assertThat(trained(advantage)).contains("\"reward_mean\":").contains("kind: group-median");
    }

    @Test
    void aStageKind() throws IOException, InterruptedException {
        Addition kind = Addition.of(folder, "A stage kind");

        assertThat(kind.compileWithout("words.yaml")).isEmpty();
        assertThatThrownBy(() -> kind.test(VOCABULARY))
                .hasMessageContaining("pretrain")
                .hasMessageContaining("words.yaml");
        kind.compile();
        kind.test(VOCABULARY);

        assertThat(trained(kind)).contains("\"stage\":\"texts\"").contains("kind: pretrain");
        assertThat(Files.readString(folder.resolve("run/report.html")))
                .contains("Continued pre-training", "texts a step");
    }

    @Test
    void aStageKindThatIsNotInTheListIsNamedWhereARecipeAsksForIt() throws IOException {
        Addition kind = Addition.of(folder, "A stage kind");
        SmallRecipe recipe = new SmallRecipe(folder);
        recipe.with(kind.recipe());

        recipe.run().assertRefused(2, "small.yaml:", "stages.texts.kind", "sft, reward-model,", "not 'pretrain'");
    }

    @Test
    void aTracker() throws IOException, InterruptedException {
        Addition tracker = Addition.of(folder, "A tracker");

        assertThat(tracker.compileWithout("Recipes.java")).isEmpty();
        tracker.compile();
        tracker.test();

        assertThat(trained(tracker)).contains("kind: lines");
        assertThat(folder.resolve("run/numbers.csv")).content().contains("1,sft/loss,", "2,sft/loss,");
    }

    /** Runs the section's recipe in a process that has the addition; returns its numbers and its resolved recipe. */
    private String trained(Addition addition) throws IOException, InterruptedException {
        SmallRecipe recipe = new SmallRecipe(folder);
        recipe.with(addition.recipe());
        recipe.file("pairs.jsonl", PAIRS);
        Path printed = folder.resolve("printed.txt");
        Process run = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@../config/jvm.options",
                        "-cp",
                        addition.classPath(),
                        Main.class.getName(),
                        "run",
                        folder.resolve("small.yaml").toString(),
                        "--out",
                        recipe.out().toString()))
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        assertThat(run.waitFor(5, TimeUnit.MINUTES)).as("it ended").isTrue();
        assertThat(run.exitValue()).as(Files.readString(printed)).isZero();
        return Files.readString(recipe.out().resolve("metrics.jsonl"))
                + Files.readString(recipe.out().resolve("resolved.yaml"));
    }
}
