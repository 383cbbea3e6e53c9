package dev.rlhf.core.run;

import dev.rlhf.core.base.WeightVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The evaluations of the present stage.
 *
 * @param done in order, without samples
 */
public record Evaluations(List<Evaluation> done) {
    /** Before the first. */
    public static final Evaluations NONE = new Evaluations(List.of());

    /** Keeps its own copy of {@code done}. */
    public Evaluations {
        done = List.copyOf(done);
    }

    /** These and another one. */
    public Evaluations with(Evaluation evaluation) {
        List<Evaluation> longer = new ArrayList<>(done);
        longer.add(evaluation.numbers());
        return new Evaluations(longer);
    }

    /** The best of the models that were trained, the earliest of equals; the one a stage starts from is no such model. */
    public Optional<Evaluation> best() {
        return done.stream()
                .filter(evaluation ->
                        evaluation.step() > 0 && !evaluation.values().isEmpty())
                .reduce((best, next) -> next.betterThan(best) ? next : best);
    }

    /** The version the generation servers hold, {@code published} by the loop or since then by an evaluation. */
    public WeightVersion held(WeightVersion published) {
        return last().map(Evaluation::version)
                .filter(version -> version.compareTo(published) > 0)
                .orElse(published);
    }

    /** A number before the first step, or null. */
    public @Nullable Double before(String name) {
        return done.stream()
                .filter(evaluation -> evaluation.step() == 0)
                .findFirst()
                .map(evaluation -> evaluation.value(name))
                .orElse(null);
    }

    /** A number after the last step, or null. */
    public @Nullable Double after(String name) {
        return last().map(evaluation -> evaluation.value(name)).orElse(null);
    }

    private Optional<Evaluation> last() {
        return done.isEmpty() ? Optional.empty() : Optional.of(done.get(done.size() - 1));
    }
}
