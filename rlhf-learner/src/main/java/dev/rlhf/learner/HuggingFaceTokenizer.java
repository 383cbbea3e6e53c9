package dev.rlhf.learner;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.util.Utils;
import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.prompt.BrokenText;
import dev.rlhf.core.prompt.Tokenizer;
import dev.rlhf.learner.files.JsonFile;
import dev.rlhf.learner.files.TokenizerRules;
import dev.rlhf.learner.model.ModelConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tokenizer of a model directory, from its tokenizer.json and tokenizer_config.json.
 *
 * <p>What stands around a text is what the post-processor of tokenizer.json says, as with transformers 5, which goes by
 * {@code add_bos_token} and {@code add_eos_token} of tokenizer_config.json only where there is no tokenizer.json. A model whose
 * config.json says that its {@code bos_token_id} is null, as that of a random one does, is given nothing around a text: it
 * has never seen it.
 */
public final class HuggingFaceTokenizer implements Tokenizer, AutoCloseable {
    /** The vocabulary and rules. */
    public static final String FILE = "tokenizer.json";

    /** The names of special tokens. */
    public static final String CONFIG_FILE = "tokenizer_config.json";

    private static final String FLAVOUR = "RUST_FLAVOR";
    private static final int SHOWN = 40;
    private static final int MOST_WINDOWS = 1 << 16;
    private static final Map<String, String> OPTIONS =
            Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

    static {
        // Where there is a GPU, DJL would download a build for CUDA, which encodes no faster. What the user set wins.
        if (Utils.getEnvOrSystemProperty(FLAVOUR) == null) {
            System.setProperty(FLAVOUR, "cpu");
        }
    }

    private final ai.djl.huggingface.tokenizers.HuggingFaceTokenizer tokenizer;
    private final int endOfSequence;
    private final int vocabularySize;
    private final boolean surrounds;
    /** Tokens by which a text says itself that it ends; a token that is text as well only ends what a model writes. */
    private final Set<Integer> ends;

    private final Map<Long, String> windows = new ConcurrentHashMap<>();

    private HuggingFaceTokenizer(
            ai.djl.huggingface.tokenizers.HuggingFaceTokenizer tokenizer,
            TokenizerRules rules,
            int endOfSequence,
            Path modelDirectory) {
        this.tokenizer = tokenizer;
        this.endOfSequence = endOfSequence;
        this.vocabularySize = rules.largestIdentifier() + 1;
        this.surrounds = surrounds(modelDirectory);
        this.ends = Stream.concat(
                        Stream.of(endOfSequence),
                        ModelConfig.endTokens(modelDirectory).stream().filter(rules::isSpecial))
                .collect(Collectors.toSet());
    }

    /**
     * Opens the tokenizer of {@code modelDirectory}.
     *
     * @throws RlhfException USER naming the file when it is missing or damaged, or when it names no {@code eos_token}
     */
    public static HuggingFaceTokenizer open(Path modelDirectory) {
        Path file = modelDirectory.resolve(FILE);
        JsonNode json = JsonFile.readObject(file);
        Path configFile = modelDirectory.resolve(CONFIG_FILE);
        JsonNode config = JsonFile.readObject(configFile);
        String endToken = TokenizerRules.content(config.path("eos_token"));
        if (endToken.isEmpty()) {
            throw RlhfException.user(configFile + " names no eos_token, so no response could ever end; add one");
        }
        TokenizerRules rules = TokenizerRules.of(json, config);
        int endOfSequence = rules.identifier(endToken);
        if (endOfSequence < 0) {
            throw RlhfException.user(file + " has no token for the eos_token '" + endToken + "' of " + configFile);
        }
        return new HuggingFaceTokenizer(load(file, rules), rules, endOfSequence, modelDirectory);
    }

    private static boolean surrounds(Path modelDirectory) {
        Path config = modelDirectory.resolve(ModelConfig.FILE);
        return !Files.exists(config)
                || !JsonFile.read(config).path("bos_token_id").isNull();
    }

    private static ai.djl.huggingface.tokenizers.HuggingFaceTokenizer load(Path file, TokenizerRules rules) {
        byte[] bytes = rules.json().toString().getBytes(StandardCharsets.UTF_8);
        try {
            return ai.djl.huggingface.tokenizers.HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(bytes), OPTIONS);
        } catch (IOException | RuntimeException refused) {
            // The library's own words are for those who work on it; they stand behind --verbose and in the log.
            throw new RlhfException(
                    ErrorKind.USER,
                    file + " is not a tokenizer that can be read; save it again with save_pretrained of transformers,"
                            + " which writes a tokenizer.json",
                    refused);
        }
    }

    @Override
    public int[] encode(String text, boolean special) {
        return ids(encoding(text, special));
    }

    @Override
    public int[] prompt(String text) {
        Encoding encoding = encoding(text, surrounds);
        return Arrays.copyOf(ids(encoding), endOfText(encoding));
    }

    @Override
    public TokenSequence example(String prompt, String response) {
        Encoding encoding = encoding(prompt + response, surrounds);
        int end = endOfText(encoding);
        int split = firstReaching(encoding, end, prompt.codePointCount(0, prompt.length()));
        if (split > 0) {
            return new TokenSequence(ended(Arrays.copyOf(ids(encoding), end), split), split);
        }
        int[] alone = prompt(prompt);
        if (alone.length == 0) {
            throw RlhfException.user("the prompt is empty");
        }
        return TokenSequence.of(alone, ended(encode(response), 0));
    }

    /** The first token that ends after {@code place}, a number of characters; {@code end} when there is none. */
    private static int firstReaching(Encoding encoding, int end, int place) {
        CharSpan[] spans = encoding.getCharTokenSpans();
        for (int i = 0; i < end; i++) {
            if (spans[i] != null && spans[i].getEnd() > place) {
                return i;
            }
        }
        return end;
    }

    /** Number of tokens without those that the tokenizer puts after a text; of those around no text, what could begin one. */
    private int endOfText(Encoding encoding) {
        long[] added = encoding.getSpecialTokenMask();
        boolean hasText = Arrays.stream(added).anyMatch(mask -> mask == 0);
        int end = added.length;
        while (end > 0 && added[end - 1] == 1 && (hasText || encoding.getIds()[end - 1] == endOfSequence)) {
            end--;
        }
        return end;
    }

    /** The tokens with one that ends them after the last other one from {@code start} on: their own first one, else the tokenizer's. */
    private int[] ended(int[] tokens, int start) {
        int length = tokens.length;
        while (length > start && ends.contains(tokens[length - 1])) {
            length--;
        }
        int[] ended = Arrays.copyOf(tokens, length + 1);
        ended[length] = length < tokens.length ? tokens[length] : endOfSequence;
        return ended;
    }

    private Encoding encoding(String text, boolean special) {
        BrokenText.refuse(text);
        try {
            return tokenizer.encode(text, special, false);
        } catch (RuntimeException unknown) {
            String shown =
                    text.codePoints().limit(SHOWN).mapToObj(Character::toString).collect(Collectors.joining());
            throw new RlhfException(
                    ErrorKind.USER,
                    "the tokenizer has no token for a part of '" + shown
                            + "', and none that stands for what it lacks; give " + FILE
                            + " an unk_token that is in its vocabulary, or choose another model",
                    unknown);
        }
    }

    private static int[] ids(Encoding encoding) {
        return Arrays.stream(encoding.getIds()).mapToInt(Math::toIntExact).toArray();
    }

    @Override
    public String decode(int[] tokens, boolean special) {
        return tokens.length == 0
                ? ""
                : tokenizer.decode(Arrays.stream(tokens).asLongStream().toArray(), !special);
    }

    @Override
    public List<String> pieces(int[] before, int[] tokens) {
        TextStream stream = new TextStream(this::window, before);
        return Arrays.stream(tokens).mapToObj(stream::next).toList();
    }

    /** Text of a few tokens; of one and of two it is kept, since streams of tokens ask for it again and again. */
    private String window(int[] tokens) {
        if (tokens.length == 0 || tokens.length > 2) {
            return decode(tokens);
        }
        long key = tokens.length == 1 ? tokens[0] : (tokens[0] + 1L) << Integer.SIZE | tokens[1];
        String known = windows.get(key);
        if (known == null) {
            known = decode(tokens);
            if (windows.size() < MOST_WINDOWS) {
                windows.put(key, known);
            }
        }
        return known;
    }

    @Override
    public int endOfSequence() {
        return endOfSequence;
    }

    @Override
    public int vocabularySize() {
        return vocabularySize;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
