package dev.rlhf.bench;

import java.util.List;

/** Something that is measured. */
interface Benchmark {
    /** Short name it is asked for by, e.g. {@code learner-25m}. */
    String id();

    /**
     * Measures it; a benchmark with several peers has a row for each.
     *
     * @throws dev.rlhf.core.base.RlhfException BUG when the sides do not do the same work
     */
    List<Measurement> measure(Workplace workplace);

    /** One that has a side of ours which can be run on its own. */
    interface Alone extends Benchmark {
        /** Our side, ready to run. */
        OurSide ours(Workplace workplace);

        /** How much is run of it. */
        Comparison.Blocks blocks();
    }

    /** Our side with what it holds. */
    interface OurSide extends Side, AutoCloseable {
        @Override
        void close();
    }
}
