package dev.rlhf.learner.block;

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
     * @param width numbers of a head that turn, even
     */
    public record Turns(RotaryEmbedding rotary, int width) {}

    /** All earlier positions, turned. */
    public static Sight turned(RotaryEmbedding rotary, int width) {
        return new Sight(Optional.of(new Turns(rotary, width)), 0);
    }

    /** The same over the nearest positions only. */
    public Sight within(int nearest) {
        return new Sight(turns, nearest);
    }
}
