package dev.rlhf.driver.config;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;
import java.nio.file.Path;

/** The model a run starts from. */
public sealed interface ModelRecipe {
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
    record Random(
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
        public Random {
            RecipeChecks.require(
                    attentionHeads % keyValueHeads == 0,
                    "key-value-heads",
                    "must divide attention-heads (" + attentionHeads + "), " + keyValueHeads + " does not");
            RecipeChecks.require(headSize % 2 == 0, "head-size", "must be even, not " + headSize);
        }
    }

    /**
     * A Hugging Face model directory.
     *
     * @param path the directory, relative to the recipe
     */
    @Block(value = "model", kinds = "directory")
    record Directory(Path path) implements ModelRecipe {}
}
