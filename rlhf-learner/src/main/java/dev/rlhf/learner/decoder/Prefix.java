package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

/** A prompt that was read: its keys and values, and the logits of the token that follows. */
public final class Prefix implements AutoCloseable {
    private final Reading reading;
    private final int row;
    private final int length;
    private final float[] logits;

    Prefix(Reading reading, int row, int length, float[] logits) {
        this.reading = reading;
        this.row = row;
        this.length = length;
        this.logits = logits;
    }

    /** Prompts that were read together: their keys and values, freed when the last prompt is. */
    static final class Reading {
        private final NDManager owner;
        private final NDList read;
        private int open;

        Reading(NDManager owner, NDList read, int open) {
            this.owner = owner;
            this.read = read;
            this.open = open;
        }

        /** Keys and values of all of them. */
        NDList read() {
            return read;
        }

        private void release() {
            open--;
            if (open == 0) {
                owner.close();
            }
        }
    }

    /** What it was read in. */
    Reading reading() {
        return reading;
    }

    /** Its row there. */
    int row() {
        return row;
    }

    /** Logits of the first response token, [V]. */
    public float[] logits() {
        return logits;
    }

    /** Prompt tokens. */
    public int length() {
        return length;
    }

    @Override
    public void close() {
        reading.release();
    }
}
