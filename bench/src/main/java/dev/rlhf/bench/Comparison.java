package dev.rlhf.bench;

import dev.rlhf.core.base.RlhfException;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Times of both sides, pair by pair.
 *
 * @param ours seconds a step of each of our blocks
 * @param peers seconds a step of each of the peer's blocks
 */
record Comparison(double[] ours, double[] peers) {
    /** Runs both sides in turn: warm-up pairs, because our side is compiled as it runs, then {@code pairs} timed ones; every other pair the peer begins. */
    static Comparison of(Side our, Side peer, Blocks blocks, Agreement agreement) {
        int pairs = blocks.pairs();
        int steps = blocks.steps();
        for (int pair = 0; pair < blocks.warmUp(); pair++) {
            agreement.check(our.run(steps), peer.run(steps));
        }
        double[] ours = new double[pairs];
        double[] peers = new double[pairs];
        for (int pair = 0; pair < pairs; pair++) {
            boolean first = pair % 2 == 0;
            Block early = (first ? our : peer).run(steps);
            Block late = (first ? peer : our).run(steps);
            Block mine = first ? early : late;
            Block other = first ? late : early;
            agreement.check(mine, other);
            ours[pair] = mine.seconds() / steps;
            peers[pair] = other.seconds() / steps;
        }
        return new Comparison(ours, peers);
    }

    /**
     * How much is run.
     *
     * @param warmUp pairs before the timed ones
     * @param pairs timed pairs
     * @param steps steps of a block
     */
    record Blocks(int warmUp, int pairs, int steps) {
        /** Fewest pairs that a published ratio is the median of. */
        private static final int PAIRS = 9;

        /** As many pairs as a published ratio needs. */
        static Blocks of(int warmUp, int steps) {
            return new Blocks(warmUp, PAIRS, steps);
        }
    }

    /** Says whether two blocks did the same work. */
    interface Agreement {
        /** Throws BUG when they did not. */
        void check(Block ours, Block peers);

        /** Every step's value must be the peer's to {@code tolerance} of it. */
        static Agreement within(double tolerance) {
            return (ours, peers) -> {
                requireAsMany(ours, peers);
                for (int i = 0; i < peers.values().length; i++) {
                    double difference = Math.abs(ours.values()[i] - peers.values()[i]);
                    if (!(difference <= tolerance * Math.abs(peers.values()[i]))) {
                        throw RlhfException.bug("the sides do not do the same: step " + i + " gave " + ours.values()[i]
                                + ", the peer's " + peers.values()[i]);
                    }
                }
            };
        }

        /** At least {@code share} of the values must be the peer's. */
        static Agreement sharing(double share) {
            return (ours, peers) -> {
                requireAsMany(ours, peers);
                long same = IntStream.range(0, ours.values().length)
                        .filter(i -> ours.values()[i] == peers.values()[i])
                        .count();
                if (same < share * ours.values().length) {
                    throw RlhfException.bug("the sides do not do the same: " + same + " of " + ours.values().length
                            + " values are equal, not " + share + " of them");
                }
            };
        }

        private static void requireAsMany(Block ours, Block peers) {
            if (ours.values().length == 0 || ours.values().length != peers.values().length) {
                throw RlhfException.bug("the sides do not do the same: " + ours.values().length + " values, the peer's "
                        + peers.values().length);
            }
        }
    }

    /** Peer's time ÷ ours of each pair: how many times as fast we are. */
    double[] speedups() {
        return quotients(peers, ours);
    }

    /** Our time ÷ the peer's of each pair. */
    double[] shares() {
        return quotients(ours, peers);
    }

    private static double[] quotients(double[] above, double[] below) {
        double[] quotients = new double[above.length];
        Arrays.setAll(quotients, i -> above[i] / below[i]);
        return quotients;
    }
}
