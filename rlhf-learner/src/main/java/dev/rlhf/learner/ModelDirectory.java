package dev.rlhf.learner;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.update.Head;
import dev.rlhf.learner.decoder.Decoder;
import dev.rlhf.learner.files.Checkpoint;
import dev.rlhf.learner.files.Companions;
import dev.rlhf.learner.files.JsonFile;
import dev.rlhf.learner.files.NumberFormat;
import dev.rlhf.learner.files.Shards;
import dev.rlhf.learner.files.TokenizerRules;
import dev.rlhf.learner.model.ModelConfig;
import dev.rlhf.learner.model.RotaryReader;
import dev.rlhf.learner.model.WeightLayout;
import dev.rlhf.learner.model.WeightNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A Hugging Face model directory that a network was opened from and that its copies are made like.
 *
 * @param source the directory opened
 */
public record ModelDirectory(Path source) {
    /** The directory {@code source}. */
    public static ModelDirectory of(Path source) {
        return new ModelDirectory(source);
    }

    /**
     * Looks whether the directory can be used, by its headers alone.
     *
     * @throws RlhfException USER naming the file, and the key or weight, that is missing, damaged or not supported
     */
    public void check() {
        ModelConfig config = ModelConfig.read(source);
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.open(source)) {
            requireRoom(config, tokenizer);
        }
        // A head of any kind will do: which one is wanted is the affair of whoever opens it.
        WeightNames.in(Checkpoint.ofDirectory(source), WeightLayout.of(config, Head.REWARD));
    }

    /** Whether it holds a reward model, which has a head of one output. */
    public boolean scores() {
        return Checkpoint.ofDirectory(source).has(WeightLayout.SCORE);
    }

    /** Whether its tokenizer gives each id the same text as that of {@code other}, and ends a response with the same token. */
    public boolean hasTokensOf(ModelDirectory other) {
        return tokens().equals(other.tokens());
    }

    private List<Object> tokens() {
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.open(source)) {
            return List.of(
                    new TokenizerRules(JsonFile.read(source.resolve(HuggingFaceTokenizer.FILE))).tokens(),
                    tokenizer.endOfSequence());
        }
    }

    /** Copies what is read of it, and its companions, into {@code target}, a directory that is there. */
    public void copy(Path target) throws IOException {
        Companions.copy(source, target);
        Files.copy(source.resolve(ModelConfig.FILE), target.resolve(ModelConfig.FILE));
        for (Path file : Checkpoint.ofDirectory(source).files()) {
            Files.copy(file, target.resolve(file.getFileName()));
        }
    }

    /**
     * Looks whether every token has a row of the embedding.
     *
     * @throws RlhfException USER with both numbers and both files
     */
    public void requireRoom(ModelConfig config, HuggingFaceTokenizer tokenizer) {
        if (tokenizer.vocabularySize() > config.vocabularySize()) {
            throw RlhfException.user(source.resolve(HuggingFaceTokenizer.FILE) + " has token ids up to "
                    + (tokenizer.vocabularySize() - 1) + " (the end of a response is " + tokenizer.endOfSequence()
                    + "), but vocab_size in " + source.resolve(ModelConfig.FILE) + " is " + config.vocabularySize()
                    + ": tokens from " + config.vocabularySize()
                    + " on could neither be read nor drawn; use the tokenizer the model was made with");
        }
    }

    /**
     * Writes the decoder's weights, its configuration and the source's companions into {@code target}.
     *
     * @param explicitHead whether an output head that is the embedding is written under its own name too
     */
    void save(Decoder decoder, boolean explicitHead, Path target) {
        try {
            Files.createDirectories(target);
        } catch (IOException e) {
            throw FileFault.unwritten(target, e);
        }
        Companions.copy(source, target);
        JsonFile.write(target.resolve(ModelConfig.FILE), configuration(decoder));
        boolean both = explicitHead
                && decoder.head() == Head.LANGUAGE_MODEL
                && decoder.config().tieEmbeddings();
        decoder.parameters().write(target, NumberFormat.F32, Shards.USUAL, both);
    }

    private ObjectNode configuration(Decoder decoder) {
        ObjectNode json = JsonFile.read(source.resolve(ModelConfig.FILE)).deepCopy();
        json.remove(List.of("num_labels", "id2label", "label2id"));
        if (decoder.head() == Head.LANGUAGE_MODEL) {
            json.putArray("architectures").add(decoder.config().family().languageModel());
        } else {
            ModelConfig.describeScorer(json);
        }
        RotaryReader.respell(json, decoder.config().architecture().turns());
        json.remove("dtype");
        json.put("torch_dtype", "float32");
        return json;
    }
}
