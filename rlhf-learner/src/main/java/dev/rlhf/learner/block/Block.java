package dev.rlhf.learner.block;

import dev.rlhf.learner.engine.Backend;
import java.util.List;

/**
 * One step of a decoder: rows [N, D] in, rows [N, D'] out, where N positions of all sequences lie one after the other, without padding.
 *
 * <p>Its texts are statements of TorchScript's serialised dialect, {@code torch.X} being the ATen operator X, one a line. They take
 * what they need by name, and nothing else has to be declared: the block's input {@code x}, its weights as {@link #parameters} names them,
 * and what the pass offers:
 *
 * <ul>
 *   <li>{@link #forward}: {@code positions} [N]; {@code cos}, {@code sin} [N, 1, turned/2] of its {@link #sight}; {@code spans}, the
 *       numbers (count, length) of sequences of equal length that follow one another, and {@code shared} (first row, first shared row,
 *       groups, rows, shared rows a group) of rows that also see other rows whole. Sets {@code y}; {@code x} stays as it is, since others
 *       have it.
 *   <li>{@link #asServed}: what forward is offered; {@code runs}, the numbers (count, length, places before, places seen) of sequences of
 *       equal length that follow one another, and {@code seen}, all places that each of them sees, in whole pages. Sets what forward sets.
 *   <li>{@link #backward}: {@code g}, the derivative by {@code y}, which may be overwritten unless the block ends a branch; what forward is
 *       offered; what {@link #kept} names. Sets {@code dx} and, for each weight, adds to {@code d_} and its name in place.
 *   <li>{@link #prefill}: N = n·s, the number {@code n} of prompts and {@code s} of their positions; {@code positions}, {@code cos},
 *       {@code sin} as above. Sets {@code y} and what {@link #cached} names.
 *   <li>{@link #step}, one new token a row: weights in the form {@link Parameter#ready}; {@code wide}, the residual stream with its extra
 *       column ({@link Norm#column}); {@code positions}; {@code cos}, {@code sin} [N, 1, 2, turned/2], the sines of the first half with the
 *       other sign; {@code mask} [rows, 1, L], which is added to scores; {@code cache_rows} [·, head], all keys and values of the cache,
 *       and the {@code places} there of what is new, which is {@code new_rows} of all rows' heads; what the cache's
 *       methods {@code scores}, of queries among all rows' heads [·, head] with all that their rows see, [rows·queries·L], and
 *       {@code mixed}, of values by shares [rows, queries, L], [rows·queries, head], take beside: {@code keys}, {@code values},
 *       {@code shared_keys}, {@code shared_values}, {@code askers}, {@code pages}, {@code readings} and {@code firsts}. Sets {@code y}, which
 *       is the block's own; {@code x} may be overwritten unless the block begins a branch.
 * </ul>
 *
 * <p>Rows and weights may be bfloat16; {@code d_} sums and what norms look at are float32 then. For that there are, in every module, the methods
 * {@code widened(x)} to the numbers of sums, {@code rounded(x)} back to those of rows, {@code factor(x)}, without which rows and weights meet
 * no product, {@code room(into)} and {@code settle(into, x)} to compute wide what is stored in rows, and {@code grow(sum, a, b)}, which adds a product to a sum, and {@code scatter(sum, places, rows)}, which adds rows to those
 * at places. They do nothing, or the plain product, where
 * rows are as wide as sums. A server's rows always are.
 *
 * <p>What {@code asServed}, {@code prefill} and {@code step} give for a row must be the same bits, whatever rows are beside it.
 */
public interface Block {
    /** Its weights, in the order in which they lie. */
    List<Parameter> parameters();

    /** What {@link #backward} needs of {@link #forward}: {@code x}, or what else that text has set. */
    List<String> kept();

    /** What it must know of where its rows stand. */
    default Sight sight() {
        return Sight.NONE;
    }

    /** The way there. */
    String forward();

    /** The way there with the bits of {@link #prefill} and {@link #step}; sets what {@link #forward} sets. Rows are float32. */
    default String asServed() {
        return forward();
    }

    /** The way back. */
    String backward();

    /** The way there for whole prompts in a server. */
    default String prefill() {
        return asServed();
    }

    /** Names of what {@link #prefill} sets that goes into the server's cache. */
    default List<String> cached() {
        return List.of();
    }

    /** The way there for one more token a row in a server. */
    String step();

    /** The same block with texts for what computes it. */
    default Block on(Backend backend) {
        return this;
    }

    /** Methods that its statements call, whole. */
    default String methods() {
        return "";
    }
}
