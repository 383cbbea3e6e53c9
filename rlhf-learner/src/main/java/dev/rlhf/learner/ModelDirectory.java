package dev.rlhf.learner;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.update.Head;
import dev.rlhf.learner.files.JsonFile;
import dev.rlhf.learner.model.Decoder;
import dev.rlhf.learner.model.ModelConfig;
import dev.rlhf.learner.model.Parameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * A Hugging Face model directory that a network was opened from and that its copies are made like.
 *
 * @param source the directory opened
 */
record ModelDirectory(Path source) {
    private static final List<String> COMPANIONS = List.of(
            HuggingFaceTokenizer.FILE,
            HuggingFaceTokenizer.CONFIG_FILE,
            "special_tokens_map.json",
            "generation_config.json");

    static ModelDirectory of(Path source) {
        return new ModelDirectory(source);
    }

    /** Writes the decoder's weights, its configuration and the source's tokenizer into {@code target}. */
    void save(Decoder decoder, Path target) {
        try {
            Files.createDirectories(target);
            for (String companion : COMPANIONS) {
                Path file = source.resolve(companion);
                if (Files.exists(file) && !source.equals(target)) {
                    Files.copy(file, target.resolve(companion), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException e) {
            throw RlhfException.resource("cannot write " + target + ": " + e.getMessage(), e);
        }
        JsonFile.write(target.resolve(ModelConfig.FILE), configuration(decoder.head()));
        decoder.parameters().write(target.resolve(Parameters.FILE));
    }

    private ObjectNode configuration(Head head) {
        ObjectNode json = JsonFile.read(source.resolve(ModelConfig.FILE)).deepCopy();
        json.remove(List.of("num_labels", "id2label", "label2id"));
        boolean language = head == Head.LANGUAGE_MODEL;
        json.putArray("architectures").add(language ? "LlamaForCausalLM" : "LlamaForSequenceClassification");
        if (!language) {
            json.putObject("id2label").put("0", "LABEL_0");
            json.putObject("label2id").put("LABEL_0", 0);
        }
        json.remove("dtype");
        json.put("torch_dtype", "float32");
        return json;
    }
}
