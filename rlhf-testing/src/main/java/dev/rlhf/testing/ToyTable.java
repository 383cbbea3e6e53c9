package dev.rlhf.testing;

import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The parameters of a toy network: a row of numbers for each state.
 *
 * <p>A state is the token before and whether the response has begun, so 2·V states for V tokens.
 *
 * @param rows numbers by state, [2V][columns]
 */
record ToyTable(double[][] rows) {
    /** Its file in a model directory. */
    static final String FILE = "toy.bin";

    static ToyTable zeros(int vocabulary, int columns) {
        return new ToyTable(new double[2 * vocabulary][columns]);
    }

    /** The state in which response token {@code t} of a sequence is drawn. */
    int state(TokenSequence sequence, int t) {
        return state(sequence.tokens()[sequence.promptLength() + t - 1], t);
    }

    /** The state after {@code previous} in which response token {@code t} is drawn. */
    int state(int previous, int t) {
        return t == 0 ? previous : rows.length / 2 + previous;
    }

    /** Number of tokens, V. */
    int vocabulary() {
        return rows.length / 2;
    }

    ToyTable zerosLikeThis() {
        return zeros(vocabulary(), rows[0].length);
    }

    /** this ← this − rate · gradient. */
    void descend(ToyTable gradient, double rate) {
        for (int state = 0; state < rows.length; state++) {
            for (int i = 0; i < rows[state].length; i++) {
                rows[state][i] -= rate * gradient.rows[state][i];
            }
        }
    }

    double norm() {
        double squares = 0;
        for (double[] row : rows) {
            for (double number : row) {
                squares += number * number;
            }
        }
        return Math.sqrt(squares);
    }

    /** Writes the table and a step count. */
    void write(Path directory, long steps) {
        try {
            Files.createDirectories(directory);
            try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(directory.resolve(FILE)))) {
                out.writeLong(steps);
                for (double[] row : rows) {
                    for (double number : row) {
                        out.writeDouble(number);
                    }
                }
            }
        } catch (IOException refused) {
            throw FileFault.unwritten(directory, refused);
        }
    }

    /** Reads a table of this shape in its place; gives the step count. */
    long read(Path directory) {
        Path file = directory.resolve(FILE);
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            long steps = in.readLong();
            for (double[] row : rows) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = in.readDouble();
                }
            }
            return steps;
        } catch (IOException damaged) {
            throw RlhfException.user("cannot read " + file + ": " + damaged);
        }
    }
}
