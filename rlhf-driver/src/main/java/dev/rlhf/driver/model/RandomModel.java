package dev.rlhf.driver.model;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.Range;
import dev.rlhf.core.base.Seed;
import dev.rlhf.driver.config.ModelRecipe;
import dev.rlhf.driver.config.TokenizerRecipe;
import dev.rlhf.driver.observe.Figures;
import dev.rlhf.learner.HuggingFaceTokenizer;
import dev.rlhf.learner.block.RotaryEmbedding;
import dev.rlhf.learner.files.JsonFile;
import dev.rlhf.learner.model.LlamaShape;
import dev.rlhf.learner.model.ModelConfig;
import dev.rlhf.learner.model.ModelInitialiser;
import java.nio.file.Path;
import java.util.List;

/**
 * A Llama with random weights and a tokenizer made on the spot.
 *
 * @param hiddenSize width of the residual stream
 * @param layers decoder layers
 * @param attentionHeads query heads
 * @param keyValueHeads key and value heads; divides attention-heads
 * @param headSize width of a head, even
 * @param intermediateSize inner width of the feed-forward block
 * @param contextLength most tokens of a sequence
 * @param ropeTheta base of the rotary frequencies
 * @param normEpsilon added to the mean square in RMSNorm
 * @param tieEmbeddings whether input and output embeddings are one matrix
 * @param tokenizer the tokenizer, made on the spot
 */
@Block(value = "model", kinds = "random")
public record RandomModel(
        @Range(min = 1) int hiddenSize,
        @Range(min = 1) int layers,
        @Range(min = 1) int attentionHeads,
        @Range(min = 1) int keyValueHeads,
        @Range(min = 2) int headSize,
        @Range(min = 1) int intermediateSize,
        @Range(min = 2) int contextLength,
        @Range(above = 0) double ropeTheta,
        @Range(above = 0) double normEpsilon,
        boolean tieEmbeddings,
        TokenizerRecipe tokenizer)
        implements ModelRecipe {
    /** Checks that the heads fit together; throws USER. */
    public RandomModel {
        KeyException.require(
                attentionHeads % keyValueHeads == 0,
                "key-value-heads",
                "must divide attention-heads (" + attentionHeads + "), " + keyValueHeads + " does not");
        KeyException.require(headSize % 2 == 0, "head-size", "must be even, not " + headSize);
    }

    @Override
    public Path build(Seed seed, Path directory) {
        try (HuggingFaceTokenizer opened = WrittenTokenizer.open(tokenizer, directory)) {
            ModelInitialiser.random(shape(opened).toJson(), seed.derive("model"), directory);
        }
        return directory;
    }

    @Override
    public Path tokenizer(Path directory) {
        try (HuggingFaceTokenizer opened = WrittenTokenizer.open(tokenizer, directory)) {
            JsonFile.write(directory.resolve(ModelConfig.FILE), shape(opened).toJson());
        }
        return directory;
    }

    @Override
    public Path place(Path made) {
        return made;
    }

    @Override
    public String words() {
        return "random at the start, " + Figures.count(layers, "layer") + " of width " + hiddenSize;
    }

    private LlamaShape shape(HuggingFaceTokenizer opened) {
        return new LlamaShape(
                opened.vocabularySize(),
                hiddenSize,
                layers,
                attentionHeads,
                keyValueHeads,
                headSize,
                intermediateSize,
                contextLength,
                RotaryEmbedding.of(ropeTheta),
                normEpsilon,
                tieEmbeddings,
                List.of(opened.endOfSequence()));
    }
}
