package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDList;
import dev.rlhf.learner.decoder.CachedSequence.SharedPages;
import org.jspecify.annotations.Nullable;

/** A prompt that was read: its keys and values, and the logits of the token that follows, among those of others. */
public final class Prefix implements AutoCloseable {
    private final Reading reading;
    private final int row;
    private final int length;
    private @Nullable SharedPages pages;

    Prefix(Reading reading, int row, int length) {
        this.reading = reading;
        this.row = row;
        this.length = length;
    }

    /** Prompts that were read together: their keys and values, freed when the last prompt is. */
    static final class Reading {
        private final NDList read;
        private final Logits logits;
        private int open;

        Reading(NDList read, Logits logits, int open) {
            this.read = read;
            this.logits = logits;
            this.open = open;
        }

        /** Keys and values of all of them. */
        NDList read() {
            return read;
        }

        private void release() {
            open--;
            if (open == 0) {
                logits.close();
            }
        }
    }

    /** What it was read in. */
    Reading reading() {
        return reading;
    }

    /** Its row there, and in {@link #logits}. */
    public int row() {
        return row;
    }

    /** Logits of the first response token of all prompts that were read together; freed when the last of these is closed. */
    public Logits logits() {
        return reading.logits;
    }

    /** The pages that its samples share, those opened last. */
    @Nullable
    SharedPages pages() {
        return pages;
    }

    void pages(SharedPages opened) {
        pages = opened;
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
