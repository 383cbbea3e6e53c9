package dev.rlhf.driver.report;

import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.observe.Fact;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * What the page shows of a run; the template only lays it out.
 *
 * @param run the run
 * @param assets styles and scripts
 */
record Page(RunRecord run, PageAssets assets) {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    String title() {
        return run.recipe().name();
    }

    /** What the run came to, in sentences. */
    List<String> verdict() {
        return new Verdict(run).sentences();
    }

    /** Settings of the whole run. */
    List<Fact> facts() {
        Recipe recipe = run.recipe();
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("seed", String.valueOf(recipe.seed())));
        facts.add(new Fact("runtime", recipe.runtime().words()));
        facts.add(new Fact("model", recipe.model().words()));
        facts.add(new Fact("answers drawn by", recipe.generation().words()));
        run.lastStep().map(TIME::format).ifPresent(time -> facts.add(new Fact("last step", time)));
        return facts;
    }

    /** A row of the final table for each stage. */
    List<ResultRow> results() {
        return new Results(run.stages()).rows();
    }

    /** A section for each stage that has begun. */
    List<StageSection> sections() {
        return IntStream.range(0, run.stages().size())
                .filter(i -> !run.stages().get(i).steps().isEmpty())
                .mapToObj(i -> StageSection.of(anchor(i), run.stages().get(i)))
                .toList();
    }

    /** The id of a stage's section. */
    static String anchor(int stage) {
        return "stage-" + (stage + 1);
    }
}
