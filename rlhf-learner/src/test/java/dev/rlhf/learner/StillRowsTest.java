package dev.rlhf.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rlhf.core.update.EntropyTerm;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Input;
import dev.rlhf.core.update.Needs;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.PolicyGradient;
import dev.rlhf.core.update.Reduction;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.core.update.UpdateReport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Rows without advantage are left out on the way back. */
class StillRowsTest {
    private final GoldenCase golden = GoldenCase.of("untied");

    @Test
    void theyChangeNothing() {
        List<Experience> rows = new ArrayList<>();
        for (int i = 0; i < golden.rows().size(); i++) {
            float[] advantages = new float[golden.rows().get(i).responseLength()];
            Arrays.fill(advantages, i % 2 == 0 ? 0 : i);
            rows.add(Experience.of(golden.rows().get(i)).with(Input.ADVANTAGES, advantages));
        }
        TrainingBatch some = new TrainingBatch(rows, 1, 16);
        Objective sparing =
                Objective.sum(new PolicyGradient(0, Reduction.TOKEN_MEAN), new EntropyTerm(0, Reduction.TOKEN_MEAN));
        Map<String, float[]> whole = gradients(some, new Unsparing(sparing));
        UpdateReport report;
        try (DjlLearner learner =
                DjlLearner.open(golden.settings(Head.LANGUAGE_MODEL, 1000, 2), GoldenCase.OPTIMISER, 10)) {
            report = learner.update(some, sparing);
        }
        UpdateReport wanted;
        try (DjlLearner learner =
                DjlLearner.open(golden.settings(Head.LANGUAGE_MODEL, 1000, 2), GoldenCase.OPTIMISER, 10)) {
            wanted = learner.update(some, new Unsparing(sparing));
        }
        assertThat(report.statistics()).containsEntry("still_rows", 0.5);
        assertThat(wanted.statistics()).containsEntry("still_rows", 0.0);
        assertThat(report.loss()).isCloseTo(wanted.loss(), within(1e-6));
        assertThat(report.statistics().get("entropy"))
                .isCloseTo(wanted.statistics().get("entropy"), within(1e-6));
        assertThat(report.gradientNorm()).isCloseTo(wanted.gradientNorm(), within(1e-6));
        List<Experience> moving = List.of(rows.get(1), rows.get(3), rows.get(0), rows.get(2));
        gradients(new TrainingBatch(moving, 1, 16), sparing)
                .forEach((name, gradient) ->
                        GoldenCase.assertClose(name, gradient, whole.getOrDefault(name, new float[0]), 1e-5));
    }

    private Map<String, float[]> gradients(TrainingBatch some, Objective objective) {
        try (DjlLearner learner =
                DjlLearner.open(golden.settings(Head.LANGUAGE_MODEL, 1000, 1), GoldenCase.OPTIMISER, 10)) {
            learner.accumulate(some, objective);
            return GoldenCase.byName(learner);
        }
    }

    /** An objective that does not say which rows move nothing. */
    private record Unsparing(Objective other) implements Objective {
        @Override
        public Needs needs() {
            return other.needs();
        }

        @Override
        public Prepared prepare(TrainingBatch some, Optional<TokenOutputs> firstPass) {
            return other.prepare(some, firstPass);
        }
    }
}
