package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.driver.checkpoint.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an experiment says before its first run; the example of its page, which is planned and run. */
class ExperimentPlanTest {
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern EXAMPLE = Pattern.compile("^```yaml\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final String LINK = "    settings: [\"stages.sft.path={start}/stages/sft\"]\n";

    @TempDir
    private Path folder;

    private String example;

    @BeforeEach
    void copyRecipes() throws IOException {
        DurableFiles.copyTree(HOME.resolve("experiments/recipes"), folder.resolve("recipes"));
        Matcher block = EXAMPLE.matcher(Files.readString(HOME.resolve("docs/experiments.md")));
        assertThat(block.find()).isTrue();
        example = block.group(1);
        assertThat(example).contains(LINK);
    }

    @Test
    void theExampleIsPlannedAndRun() throws IOException {
        String file = write(example);

        assertThat(Invocation.of("experiment", file, "--dry-run", "--jobs", "2")
                        .assertDone()
                        .out())
                .contains("5 runs of start.yaml, each about 8.0 s", "10 runs of judge.yaml, each about 5.0 s")
                .contains("about 45 s with 2 at a time");

        Path out = folder.resolve("out");
        Invocation.of(
                        "experiment",
                        file,
                        "--out",
                        out.toString(),
                        "--jobs",
                        "1",
                        "--set",
                        "seeds=[1]",
                        "--set",
                        "parts.start.settings=[stages.sft.steps=1, stages.sft.evaluation.limit=4]",
                        "--set",
                        "parts.judge.settings=[\"stages.sft.path={start}/stages/sft\", stages.reward-model.data.pairs=40,"
                                + " stages.reward-model.data.held-out-pairs=20]",
                        "--set",
                        "factors.steps.levels.50.settings=[stages.reward-model.steps=1]",
                        "--set",
                        "factors.steps.levels.100.settings=[stages.reward-model.steps=2]")
                .assertDone();
        assertThat(Files.readString(out.resolve("summary.md"))).contains("held-out pair accuracy");
    }

    @Test
    void aGivenModelThatNobodyMakesIsMissedBeforeTheFirstRun() throws IOException {
        Invocation plan = Invocation.of("experiment", write(example.replace(LINK, "")), "--dry-run");

        plan.assertRefused(
                ErrorKind.USER.exitCode(),
                "run judge/50/seed-1: stages.sft.path: no such model directory: "
                        + folder.resolve("recipes/start/stages/sft"),
                "stages.sft.path={part}/stages/sft");
        assertThat(plan.err()).doesNotContain("Hub");
    }

    @Test
    void aTimeThatNobodyMeasuredIsNotSaid() throws IOException {
        String plan = Invocation.of("experiment", write(example), "--dry-run", "--set", "parts.start.settings=[seed=3]")
                .assertDone()
                .out();

        assertThat(plan)
                .contains("5 runs of start.yaml, no estimate of the time under these settings")
                .contains("10 runs of judge.yaml, each about 5.0 s")
                .contains("no estimate for all with ");
    }

    private String write(String text) throws IOException {
        return Files.writeString(folder.resolve("passes.yaml"), text).toString();
    }
}
