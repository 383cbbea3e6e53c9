package dev.rlhf.core.update;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What an objective must be told; what nobody needs is neither computed, kept nor sent.
 *
 * @param outputs what it reads of the network
 * @param differentiated those of {@code outputs} by which its derivative can be other than zero
 * @param inputs what it reads of the rows, where they have it
 * @param rowsPerUnit rows that must stay together in a micro-batch: 2 for pairs (chosen, rejected), else 1
 * @param firstPass whether it asks what the network says of the whole batch before the first slice is differentiated
 */
public record Needs(
        Set<Output> outputs, Set<Output> differentiated, Set<Input> inputs, int rowsPerUnit, boolean firstPass) {

    /** Keeps its own copies. */
    public Needs {
        outputs = Set.copyOf(outputs);
        differentiated = Set.copyOf(differentiated);
        inputs = Set.copyOf(inputs);
    }

    /** Reads these outputs and is differentiated by them. */
    public static Needs differentiating(Output... outputs) {
        return reading(outputs).withDerivatives(outputs);
    }

    /** Reads these outputs without a derivative by any. */
    public static Needs reading(Output... outputs) {
        return new Needs(Set.of(outputs), Set.of(), Set.of(), 1, false);
    }

    /** These, and inputs of the rows. */
    public Needs with(Input... more) {
        Set<Input> all = union(inputs, Set.of(more), Input.class);
        return new Needs(outputs, differentiated, all, rowsPerUnit, firstPass);
    }

    /** These, with rows in pairs. */
    public Needs inPairs() {
        return new Needs(outputs, differentiated, inputs, 2, firstPass);
    }

    /** These, and the network's words on the whole batch before the first slice. */
    public Needs withFirstPass() {
        return new Needs(outputs, differentiated, inputs, rowsPerUnit, true);
    }

    /** What either of the two needs. */
    public Needs and(Needs other) {
        return new Needs(
                union(outputs, other.outputs, Output.class),
                union(differentiated, other.differentiated, Output.class),
                union(inputs, other.inputs, Input.class),
                Math.max(rowsPerUnit, other.rowsPerUnit),
                firstPass || other.firstPass);
    }

    private Needs withDerivatives(Output... by) {
        Set<Output> all = union(differentiated, Set.copyOf(Arrays.asList(by)), Output.class);
        return new Needs(outputs, all, inputs, rowsPerUnit, firstPass);
    }

    private static <E extends Enum<E>> Set<E> union(Set<E> one, Set<E> other, Class<E> type) {
        EnumSet<E> all = EnumSet.noneOf(type);
        all.addAll(one);
        all.addAll(other);
        return Collections.unmodifiableSet(all);
    }
}
