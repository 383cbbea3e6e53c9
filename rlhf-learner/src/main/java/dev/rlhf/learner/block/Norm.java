package dev.rlhf.learner.block;

/**
 * A block that brings the rows of the residual stream to one length.
 *
 * <p>Its {@link #backward} may overwrite {@code g}, and is also given {@code stream}, the derivative of the stream so far, to which it adds
 * its own in place: {@code dx} is {@code stream}.
 */
public interface Norm extends Block {
    /** The number in the extra column of {@code wide}; 0 for a norm that does not look at it. All norms of a decoder share it. */
    default double column() {
        return 0;
    }
}
