package dev.rlhf.learner.decoder;

import org.jspecify.annotations.Nullable;

/** A sequence that is being written: its place in the cache, given back when it is closed. */
public final class CachedSequence implements AutoCloseable {
    private final KeyValueCache cache;
    private final @Nullable SharedPages prompt;
    private final int sharer;
    private final PagePool.Pages own;
    private final int promised;

    /**
     * A sequence.
     *
     * @param prompt the pages that its prompt fills, which others have too; null where it fills none
     * @param sharer its number among those
     * @param own its pages after them
     * @param promised pages it can come to have of its own
     */
    CachedSequence(KeyValueCache cache, @Nullable SharedPages prompt, int sharer, PagePool.Pages own, int promised) {
        this.cache = cache;
        this.prompt = prompt;
        this.sharer = sharer;
        this.own = own;
        this.promised = promised;
    }

    /** Pages that a prompt fills and who reads them. */
    static final class SharedPages {
        private final PagePool.Pages pages;
        private final boolean[] read = new boolean[KeyValueCache.SHARERS];
        private int readers;

        SharedPages(PagePool.Pages pages) {
            this.pages = pages;
        }

        PagePool.Pages pages() {
            return pages;
        }

        /** Whether it has a reader, and room for one more. */
        boolean isOpen() {
            return readers > 0 && readers < read.length;
        }

        /** A new reader's number. */
        int join() {
            int number = 0;
            while (read[number]) {
                number++;
            }
            read[number] = true;
            readers++;
            return number;
        }

        /** Whether this was the last reader. */
        boolean leave(int number) {
            read[number] = false;
            readers--;
            return readers == 0;
        }
    }

    @Nullable
    SharedPages prompt() {
        return prompt;
    }

    int sharer() {
        return sharer;
    }

    PagePool.Pages own() {
        return own;
    }

    int promised() {
        return promised;
    }

    /** Pages of its prompt that others have too. */
    int shared() {
        return prompt == null ? 0 : prompt.pages().size();
    }

    @Override
    public void close() {
        cache.release(this);
    }
}
