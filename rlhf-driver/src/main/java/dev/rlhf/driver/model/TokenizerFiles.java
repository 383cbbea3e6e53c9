package dev.rlhf.driver.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.config.TokenizerRecipe;
import dev.rlhf.learner.HuggingFaceTokenizer;
import dev.rlhf.learner.files.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes tokenizer.json and tokenizer_config.json, as DJL's and Hugging Face's tokenizers read them.
 *
 * <p>The made ones are byte-pair encodings without merges: one token a character, or a byte of UTF-8. Ids 0 to 3 are the special
 * tokens, the others follow in order.
 */
final class TokenizerFiles {
    private static final List<String> SPECIAL = List.of("<pad>", "<s>", "</s>", "<unk>");
    private static final String UNKNOWN = "<unk>";
    private static final int BYTES = 256;
    private static final ObjectMapper JSON = new ObjectMapper();

    private TokenizerFiles() {}

    /** Writes both files into an existing directory. */
    static void write(TokenizerRecipe recipe, int contextLength, Path directory) {
        if (recipe instanceof TokenizerRecipe.File file) {
            copy(file.path(), HuggingFaceTokenizer.FILE, directory);
            copy(file.path(), HuggingFaceTokenizer.CONFIG_FILE, directory);
            return;
        }
        boolean bytes = recipe instanceof TokenizerRecipe.Bytes;
        List<String> symbols = new ArrayList<>(SPECIAL);
        if (recipe instanceof TokenizerRecipe.Characters characters) {
            characters.alphabet().codePoints().mapToObj(Character::toString).forEach(symbols::add);
        } else {
            symbols.addAll(byteSymbols());
        }
        JsonFile.write(directory.resolve(HuggingFaceTokenizer.FILE), rules(symbols, bytes));
        JsonFile.write(directory.resolve(HuggingFaceTokenizer.CONFIG_FILE), names(contextLength));
    }

    /** The visible character that stands for each byte in GPT-2's byte-level vocabulary, in the order of the bytes. */
    static List<String> byteSymbols() {
        List<String> symbols = new ArrayList<>();
        int next = BYTES;
        for (int b = 0; b < BYTES; b++) {
            boolean visible = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
            symbols.add(Character.toString(visible ? b : next++));
        }
        return symbols;
    }

    private static ObjectNode rules(List<String> symbols, boolean bytes) {
        ObjectNode json = JSON.createObjectNode();
        json.put("version", "1.0");
        json.putNull("truncation");
        json.putNull("padding");
        addSpecial(json.putArray("added_tokens"));
        json.putNull("normalizer");
        if (bytes) {
            byteLevel(json.putObject("pre_tokenizer"));
            json.putNull("post_processor");
            byteLevel(json.putObject("decoder"));
        } else {
            json.putNull("pre_tokenizer");
            json.putNull("post_processor");
            json.putObject("decoder").put("type", "Fuse");
        }
        ObjectNode model = json.putObject("model");
        model.put("type", "BPE");
        model.putNull("dropout");
        model.put("unk_token", UNKNOWN);
        model.putNull("continuing_subword_prefix");
        model.putNull("end_of_word_suffix");
        model.put("fuse_unk", false);
        model.put("byte_fallback", false);
        ObjectNode vocabulary = model.putObject("vocab");
        for (int i = 0; i < symbols.size(); i++) {
            vocabulary.put(symbols.get(i), i);
        }
        model.putArray("merges");
        return json;
    }

    private static void addSpecial(ArrayNode added) {
        for (int i = 0; i < SPECIAL.size(); i++) {
            ObjectNode token = added.addObject();
            token.put("id", i);
            token.put("content", SPECIAL.get(i));
            token.put("single_word", false);
            token.put("lstrip", false);
            token.put("rstrip", false);
            token.put("normalized", false);
            token.put("special", true);
        }
    }

    private static void byteLevel(ObjectNode node) {
        node.put("type", "ByteLevel");
        node.put("add_prefix_space", false);
        node.put("trim_offsets", true);
        node.put("use_regex", false);
    }

    private static ObjectNode names(int contextLength) {
        ObjectNode json = JSON.createObjectNode();
        json.put("tokenizer_class", "PreTrainedTokenizerFast");
        json.put("pad_token", SPECIAL.get(0));
        json.put("bos_token", SPECIAL.get(1));
        json.put("eos_token", SPECIAL.get(2));
        json.put("unk_token", UNKNOWN);
        json.put("model_max_length", contextLength);
        json.put("clean_up_tokenization_spaces", false);
        return json;
    }

    private static void copy(Path source, String name, Path directory) {
        Path file = source.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw RlhfException.user("no such file: " + file);
        }
        try {
            Files.copy(file, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw RlhfException.resource("cannot copy " + file + " to " + directory + ": " + e.getMessage(), e);
        }
    }
}
