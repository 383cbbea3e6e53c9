package dev.rlhf.learner.block;

import java.util.Arrays;
import java.util.List;

/**
 * A weight as a block's statements take it: one tensor of a checkpoint, or several that lie below each other in one matrix.
 *
 * @param name what the block's statements call it
 * @param role what it is for
 * @param columns columns of a matrix; 0 for a vector
 * @param parts the tensors of the checkpoint, top to bottom
 * @param ready the form in which {@link Block#step} takes it, an expression of {@code w}
 */
public record Parameter(String name, Role role, int columns, List<Part> parts, String ready) {
    /** Copies the parts. */
    public Parameter {
        parts = List.copyOf(parts);
    }

    /**
     * A tensor of a checkpoint.
     *
     * @param name its name below that of the block's place, e.g. {@code q_proj.weight}
     * @param rows its rows, or the numbers of a vector
     */
    public record Part(String name, int rows) {}

    /** A vector of {@code size} numbers that the checkpoint has under the same name. */
    public static Parameter vector(String name, Role role, int size, String ready) {
        return new Parameter(name, role, 0, List.of(new Part(name, size)), ready);
    }

    /** A matrix of these parts. */
    public static Parameter matrix(String name, int columns, List<Part> parts, String ready) {
        return new Parameter(name, Role.MATRIX, columns, parts, ready);
    }

    /** Sizes of its axes. */
    public long[] shape() {
        return shape(parts.stream().mapToInt(Part::rows).sum());
    }

    /** Sizes of the axes of a part. */
    public long[] shape(Part part) {
        return shape(part.rows());
    }

    private long[] shape(int rows) {
        return columns == 0 ? new long[] {rows} : new long[] {rows, columns};
    }

    /** Numbers of a tensor of this shape. */
    public static long elements(long[] shape) {
        return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }
}
