package dev.rlhf.learner.block;

import dev.rlhf.core.base.RlhfException;
import java.util.Optional;

/**
 * What a block must know of where its rows stand.
 *
 * @param turns the tables by which positions turn queries and keys, if they do
 * @param window positions that a token sees, its own among them; 0 for all before it
 */
public record Sight(Optional<Turns> turns, int window) {
    /** Of a block to which positions mean nothing. */
    public static final Sight NONE = new Sight(Optional.empty(), 0);

    /**
     * Tables of cosines and sines.
     *
     * @param rotary the frequencies
     * @param head width of the heads that turn
     */
    public record Turns(RotaryEmbedding rotary, int head) {
        /** Checks that halves of a head can turn, with as many frequencies as the scaling has; throws USER. */
        public Turns {
            if (rotary.share() == 1 && head % 2 != 0) {
                throw RlhfException.user("the head size must be even, not " + head);
            }
            rotary.scaling().source(rotary.theta(), rotary.turned(head));
        }

        /** Numbers of a head that turn, the first ones. */
        public int width() {
            return rotary.turned(head);
        }
    }

    /** All earlier positions, turned. */
    public static Sight turned(RotaryEmbedding rotary, int head) {
        return new Sight(Optional.of(new Turns(rotary, head)), 0);
    }

    /** The same over the nearest positions only. */
    public Sight within(int nearest) {
        return new Sight(turns, nearest);
    }
}
