package dev.rlhf.learner.files;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes tokenizers made on the spot, as tokenizer.json and tokenizer_config.json that every Hugging Face tool reads. */
public final class TokenizerFiles {
    /** Ends a response; token id 0. */
    public static final String END = "<eos>";
    /** Stands for what the alphabet lacks; token id 1. */
    public static final String UNKNOWN = "<unk>";

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private TokenizerFiles() {}

    /**
     * One token a character of {@code alphabet}, beside {@value #END} and {@value #UNKNOWN}.
     *
     * @return vocabulary size
     * @throws RlhfException USER when a character occurs twice or there is none
     */
    public static int characters(String alphabet, Path directory) {
        List<String> letters =
                alphabet.codePoints().mapToObj(Character::toString).toList();
        if (letters.isEmpty() || letters.stream().distinct().count() != letters.size()) {
            throw RlhfException.user("the tokenizer's alphabet must list each character once, not '" + alphabet + "'");
        }
        ObjectNode model = JSON.objectNode().put("type", "WordLevel").put("unk_token", UNKNOWN);
        int size = vocabulary(model, letters);
        ObjectNode split = JSON.objectNode()
                .put("type", "Split")
                .put("behavior", "Isolated")
                .put("invert", false);
        split.putObject("pattern").put("Regex", "[\\s\\S]");
        write(directory, model, split, JSON.objectNode().put("type", "Fuse"));
        return size;
    }

    /**
     * One token a byte of UTF-8, beside {@value #END} and {@value #UNKNOWN}: reads any text.
     *
     * @return vocabulary size
     */
    public static int bytes(Path directory) {
        ObjectNode model = JSON.objectNode().put("type", "BPE").put("unk_token", UNKNOWN);
        model.putArray("merges");
        int size = vocabulary(model, byteLetters());
        ObjectNode byteLevel = JSON.objectNode().put("type", "ByteLevel").put("add_prefix_space", false);
        byteLevel.put("trim_offsets", true).put("use_regex", false);
        write(directory, model, byteLevel, byteLevel.deepCopy());
        return size;
    }

    /** The 256 printable letters by which the byte-level convention (GPT-2) writes bytes 0 to 255. */
    private static List<String> byteLetters() {
        List<String> letters = new ArrayList<>();
        int next = 256;
        for (int value = 0; value < 256; value++) {
            boolean printable = (value >= '!' && value <= '~') || (value >= 0xA1 && value != 0xAD);
            letters.add(Character.toString(printable ? value : next));
            next += printable ? 0 : 1;
        }
        return letters;
    }

    private static int vocabulary(ObjectNode model, List<String> letters) {
        ObjectNode vocabulary = model.putObject("vocab");
        vocabulary.put(END, 0).put(UNKNOWN, 1);
        letters.forEach(letter -> vocabulary.put(letter, vocabulary.size()));
        return vocabulary.size();
    }

    private static void write(Path directory, ObjectNode model, ObjectNode preTokenizer, ObjectNode decoder) {
        ObjectNode rules = JSON.objectNode().put("version", "1.0");
        rules.putNull("truncation").putNull("padding");
        ArrayNode added = rules.putArray("added_tokens");
        for (String token : List.of(END, UNKNOWN)) {
            added.addObject()
                    .put("id", added.size() - 1)
                    .put("content", token)
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", true);
        }
        rules.putNull("normalizer");
        rules.set("pre_tokenizer", preTokenizer);
        rules.putNull("post_processor");
        rules.set("decoder", decoder);
        rules.set("model", model);
        ObjectNode config = JSON.objectNode().put("tokenizer_class", "PreTrainedTokenizerFast");
        config.put("eos_token", END).put("pad_token", END).put("unk_token", UNKNOWN);
        config.put("clean_up_tokenization_spaces", false);
        try {
            Files.createDirectories(directory);
        } catch (IOException refused) {
            throw FileFault.unwritten(directory, refused);
        }
        JsonFile.write(directory.resolve("tokenizer.json"), rules);
        JsonFile.write(directory.resolve("tokenizer_config.json"), config);
    }
}
