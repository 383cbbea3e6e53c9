package dev.rlhf.driver.report;

import dev.rlhf.driver.observe.StageResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
        sentences.add("The run finished: " + Words.count(results.size(), "stage") + ", "
                + Words.count(run.steps(), "step") + ", " + Words.duration(seconds) + ".");
        List<String> accuracies = new ArrayList<>();
        List<String> pairs = new ArrayList<>();
        for (StageResult result : results) {
            Double accuracy = result.evalAccuracy();
            if (accuracy != null) {
                accuracies.add(Words.share(accuracy) + " after " + result.name());
            }
            Double pairAccuracy = result.pairAccuracy();
            if (pairAccuracy != null) {
                pairs.add(Words.share(pairAccuracy) + " by " + result.name());
            }
        }
        if (!accuracies.isEmpty()) {
            sentences.add("Held-out accuracy is " + listed(accuracies) + ".");
        }
        if (!pairs.isEmpty()) {
            sentences.add("Held-out pairs ranked right: " + listed(pairs) + ".");
        }
        return sentences;
    }

    private List<String> underWay() {
        List<String> sentences = new ArrayList<>();
        sentences.add(run.lastAtWork()
                .map(stage -> "The run has not finished: stage "
                        + stage.recipe().name() + " (" + (run.stages().indexOf(stage) + 1) + " of "
                        + run.stages().size() + ") has done " + stage.steps().size() + " of "
                        + Words.count(stage.recipe().steps(), "step") + ".")
                .orElse("The run has not finished its first step."));
        if (run.steps() > 0) {
            sentences.add(
                    "Reward and KL in the table are means of the last steps so far; held-out figures are those of the"
                            + " last evaluation.");
        }
        return sentences;
    }

    private static String listed(List<String> items) {
        int last = items.size() - 1;
        return last == 0 ? items.get(0) : String.join(", ", items.subList(0, last)) + " and " + items.get(last);
    }
}
