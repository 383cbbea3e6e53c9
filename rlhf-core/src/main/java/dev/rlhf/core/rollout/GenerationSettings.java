package dev.rlhf.core.rollout;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How to serve a model.
 *
 * @param modelDirectory Hugging Face directory with config.json, weights and a tokenizer
 * @param host address to listen on, e.g. {@code 127.0.0.1}
 * @param port port to listen on; 0 takes any free one
 * @param modelName name clients ask for, e.g. {@code policy}
 * @param maxBatch most sequences decoded together, at least 1
 * @param threads intra-op threads, at least 1; part of the result's identity in the last bits
 * @param contextLength most tokens of prompt and response together; null for what the model can
 */
public record GenerationSettings(
        Path modelDirectory,
        String host,
        int port,
        String modelName,
        int maxBatch,
        int threads,
        @Nullable Integer contextLength) {}
