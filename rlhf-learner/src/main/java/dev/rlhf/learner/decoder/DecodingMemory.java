package dev.rlhf.learner.decoder;

import static dev.rlhf.learner.decoder.CachedDecoder.ROW_MULTIPLE;
import static dev.rlhf.learner.decoder.CachedDecoder.roundUp;
import static dev.rlhf.learner.decoder.PromptReader.PROMPT_MULTIPLE;
import static dev.rlhf.learner.decoder.PromptReader.PROMPT_TOKENS;

import dev.rlhf.learner.block.Attention;
import dev.rlhf.learner.engine.AvailableMemory;
import dev.rlhf.learner.model.ModelConfig;
import java.util.List;

/** What of sequences to be written fits into memory; asked before it is taken. */
public final class DecodingMemory {
    private final ModelConfig config;
    private final KeyValueCache cache;

    DecodingMemory(ModelConfig config, KeyValueCache cache) {
        this.config = config;
        this.cache = cache;
    }

    /**
     * Whether a sequence can run: there is memory for its keys and values.
     *
     * @param prompt tokens of its prompt
     * @param length most tokens of prompt and response
     * @param alone whether nothing else runs; else it runs beside all that were opened
     */
    public boolean canHold(int prompt, int length, boolean alone) {
        return cache.canHold(prompt, length, alone);
    }

    /** Whether there is memory to read a prompt of {@code length} tokens; every query's shares of every key are held at once. */
    public boolean canRead(int length) {
        return AvailableMemory.fits(readingBytes(length));
    }

    /** What a sequence of {@code length} tokens, of which {@code prompt} are read together, takes, in words. */
    public String need(int prompt, int length) {
        long kept = cache.bytes(length);
        return AvailableMemory.gibibytes(kept) + " for keys and values and "
                + AvailableMemory.gibibytes(readingBytes(prompt)) + " to read the prompt, of which "
                + AvailableMemory.gibibytes(AvailableMemory.bytes().orElse(0)) + " can be had";
    }

    private long readingBytes(int length) {
        long padded = roundUp(length, PROMPT_MULTIPLE);
        long together = Math.max(1, PROMPT_TOKENS / padded) * padded;
        // Scores, masked scores and shares; then the widest tensors of a layer; then what is kept of all layers.
        List<Attention> attention = config.architecture().attention();
        long shares = 3L * attention.get(0).queries() * padded;
        long inner = 3L * config.architecture().widest() + 6L * config.hiddenSize();
        long keys = attention.stream()
                .mapToLong(block -> 2L * block.keys() * block.head())
                .sum();
        // Logits of the last token of each, a multiple of four.
        long logits = (long) roundUp((int) (together / padded), ROW_MULTIPLE) * config.vocabularySize();
        return (together * (shares + inner + keys) + logits) * Float.BYTES;
    }
}
