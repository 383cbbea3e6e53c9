package dev.rlhf.driver.report;

import dev.rlhf.driver.config.GenerationRecipe;
import dev.rlhf.driver.config.ModelRecipe;
import dev.rlhf.driver.config.Recipe;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Turns a run into what its page shows. */
final class PageBuilder {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final RunRecord run;

    PageBuilder(RunRecord run) {
        this.run = run;
    }

    Page build() {
        return new Page(
                run.recipe().name(),
                run.finished() ? "finished" : "not finished",
                run.finished(),
                new Verdict(run).sentences(),
                facts(),
                run.remarks(),
                new Results(run).rows(),
                sections(),
                run.resolved(),
                PageAssets.load());
    }

    /** The id of a stage's section. */
    static String anchor(int stage) {
        return "stage-" + (stage + 1);
    }

    private List<Fact> facts() {
        Recipe recipe = run.recipe();
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("seed", String.valueOf(recipe.seed())));
        facts.add(new Fact("runtime", recipe.runtime() == Recipe.RuntimeKind.RAY ? "Ray cluster" : "one process"));
        facts.add(new Fact("model", model(recipe.model())));
        facts.add(new Fact(
                "answers drawn by", recipe.generation() instanceof GenerationRecipe.Vllm ? "vLLM" : "embedded server"));
        run.lastStep().map(TIME::format).ifPresent(time -> facts.add(new Fact("last step", time)));
        return facts;
    }

    private static String model(ModelRecipe model) {
        if (model instanceof ModelRecipe.Random random) {
            return "random at the start, " + Words.count(random.layers(), "layer") + " of width " + random.hiddenSize();
        }
        return model instanceof ModelRecipe.Directory directory
                ? String.valueOf(directory.path().getFileName())
                : "";
    }

    private List<StageSection> sections() {
        return IntStream.range(0, run.stages().size())
                .filter(i -> !run.stages().get(i).steps().isEmpty())
                .mapToObj(i -> section(anchor(i), run.stages().get(i)))
                .toList();
    }

    private static StageSection section(String anchor, StageRecord stage) {
        Charts charts = new Charts(stage);
        Samples samples = new Samples(stage);
        return new StageSection(
                anchor,
                stage.recipe().name(),
                stage.recipe().kind(),
                StageWords.purpose(stage.recipe()),
                StageWords.settings(stage.recipe()),
                charts.explained(),
                charts.others(),
                charts.remarks(),
                samples.heldOut(),
                samples.groups(),
                samples.extremes());
    }
}
