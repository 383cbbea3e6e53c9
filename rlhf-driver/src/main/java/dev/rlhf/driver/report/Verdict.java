package dev.rlhf.driver.report;

import dev.rlhf.driver.observe.Figures;
import dev.rlhf.driver.observe.StageResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a run came to, in sentences. */
final class Verdict {
    private final RunRecord run;

    Verdict(RunRecord run) {
        this.run = run;
    }

    List<String> sentences() {
        return run.finished() ? finished() : underWay();
    }

    private List<String> finished() {
        List<StageResult> results = run.stages().stream()
                .map(StageRecord::result)
                .flatMap(Optional::stream)
                .toList();
        double seconds = results.stream().mapToDouble(StageResult::seconds).sum();
        List<String> sentences = new ArrayList<>();
        sentences.add("The run finished: " + Figures.count(results.size(), "stage") + ", "
                + Figures.count(run.steps(), "step") + ", " + Figures.unbroken(Figures.duration(seconds)) + ".");
        add(sentences, "Held-out accuracy is ", results, StageResult::evalAccuracy, " after ");
        add(sentences, "Held-out pairs ranked right: ", results, StageResult::pairAccuracy, " by ");
        return sentences;
    }

    private List<String> underWay() {
        List<String> sentences = new ArrayList<>();
        sentences.add(run.lastAtWork()
                .map(stage -> "The run has not finished: stage "
                        + stage.recipe().name() + " (" + (run.stages().indexOf(stage) + 1) + " of "
                        + run.stages().size() + ") has done " + stage.steps().size() + " of "
                        + Figures.count(stage.recipe().steps(), "step") + ".")
                .orElse("The run has not finished its first step."));
        if (run.steps() > 0) {
            sentences.add(
                    "Reward and KL in the table are means of the last steps so far; held-out figures are those of the"
                            + " last evaluation.");
        }
        return sentences;
    }

    /** Adds a sentence on a share that some stages have, e.g. "… is 50.0 % after sft and 60.0 % after ppo." */
    private static void add(
            List<String> sentences,
            String begin,
            List<StageResult> results,
            Function<StageResult, @Nullable Double> share,
            String relation) {
        List<String> items = results.stream()
                .flatMap(result -> Optional.ofNullable(share.apply(result)).stream()
                        .map(value -> Figures.unbroken(Figures.share(value)) + relation + result.name()))
                .toList();
        int last = items.size() - 1;
        if (last >= 0) {
            String all = last == 0 ? "" : String.join(", ", items.subList(0, last)) + " and ";
            sentences.add(begin + all + items.get(last) + ".");
        }
    }
}
