package dev.rlhf.driver.config;

import dev.rlhf.core.base.KeyException;
import dev.rlhf.driver.data.Draw;
import dev.rlhf.driver.data.PairData;
import java.util.List;

/** A stage that learns from preference pairs. */
public interface PairStage extends LearningStage {
    /** The pairs. */
    PairData data();

    /** Name of the stage whose pairs it learns from: mostly its own. */
    default String pairsOf() {
        String other = data().pairsOf();
        return other == null ? name() : other;
    }

    @Override
    default List<Draw> draws() {
        return data().draws();
    }

    /** Checks that pairs of another stage would be drawn here just so. */
    @Override
    default void check(EarlierStages earlier) {
        String other = data().pairsOf();
        if (other == null) {
            return;
        }
        KeyException.require(
                earlier.byName().get(other) instanceof PairStage drawn
                        && drawn.from().equals(from())
                        && drawn.data().equals(data().withoutPairsOf()),
                "data.pairs-of",
                "must name an earlier stage with the same 'from' and, but for this key, the same 'data', not '" + other
                        + "'");
    }
}
