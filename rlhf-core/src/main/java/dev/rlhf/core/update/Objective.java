package dev.rlhf.core.update;

import dev.rlhf.core.base.RlhfException;
import java.util.List;
import java.util.Optional;

/**
 * A loss over what a network says of each token.
 *
 * <p>Objectives are pure functions on arrays. The learner knows none of them: it asks for gradients and back-propagates.
 * Derivatives add, so objectives {@link #sum}. Implementations are records, so that they travel to an actor as they are.
 */
public interface Objective {
    /** What it must be told. */
    Needs needs();

    /** The rows it learns from, made of those that a data set gives. */
    default List<Experience> rows(List<Experience> given) {
        return given;
    }

    /**
     * Whether a row can move a weight; of one that cannot, nothing but statistics is asked.
     *
     * <p>Denominators are those of all rows.
     */
    default boolean moves(Experience row) {
        return true;
    }

    /**
     * Fixes what depends on the whole batch: denominators, whitening, constants.
     *
     * @param firstPass what the network says of the whole batch, where {@link Needs#firstPass} asks for it
     */
    Prepared prepare(TrainingBatch batch, Optional<TokenOutputs> firstPass);

    /**
     * Loss and derivatives of some rows.
     *
     * <p>Any split into slices gives the same sum of losses and the same derivatives.
     *
     * @param firstRow index in the batch of the first row of {@code outputs}
     * @param outputs what the network said of those rows
     */
    default TokenGradients at(Prepared prepared, int firstRow, TokenOutputs outputs) {
        GradientSum sum = new GradientSum(outputs, needs().differentiated());
        prepared.add(firstRow, outputs, sum);
        return sum.done();
    }

    /** The sum of objectives. */
    static Objective sum(Objective... terms) {
        return new Sum(List.of(terms));
    }

    /** An objective over one batch, evaluated slice by slice. */
    @FunctionalInterface
    interface Prepared {
        /** Adds loss, derivatives and statistics of rows {@code [firstRow, firstRow + B)}. */
        void add(int firstRow, TokenOutputs outputs, GradientSum sum);
    }

    /**
     * Objectives that are added.
     *
     * @param terms at least one; what two of them count under one name is added too
     */
    record Sum(List<Objective> terms) implements Objective {
        /** Keeps its own copy of {@code terms}; throws BUG when there is none. */
        public Sum {
            terms = List.copyOf(terms);
            if (terms.isEmpty()) {
                throw RlhfException.bug("a sum of objectives has no terms");
            }
        }

        @Override
        public List<Experience> rows(List<Experience> given) {
            List<Experience> rows = given;
            for (Objective term : terms) {
                rows = term.rows(rows);
            }
            return rows;
        }

        @Override
        public boolean moves(Experience row) {
            return terms.stream().anyMatch(term -> term.moves(row));
        }

        @Override
        public Needs needs() {
            return terms.stream().map(Objective::needs).reduce(Needs::and).orElseThrow();
        }

        @Override
        public Prepared prepare(TrainingBatch batch, Optional<TokenOutputs> firstPass) {
            List<Prepared> prepared =
                    terms.stream().map(term -> term.prepare(batch, firstPass)).toList();
            return (firstRow, outputs, sum) -> prepared.forEach(term -> term.add(firstRow, outputs, sum));
        }
    }
}
