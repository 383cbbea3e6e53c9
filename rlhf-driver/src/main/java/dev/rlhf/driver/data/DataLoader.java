package dev.rlhf.driver.data;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.prompt.Tokenizer;
import dev.rlhf.driver.config.CompletionData;
import dev.rlhf.driver.config.CompletionFile;
import dev.rlhf.driver.config.PairFile;
import dev.rlhf.driver.config.PromptData;
import dev.rlhf.driver.config.PromptFile;
import dev.rlhf.driver.config.SpellingData;
import dev.rlhf.driver.config.Split;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the data a recipe names and turns it into token ids. */
public final class DataLoader {
    private static final String ANSWER = "answer";
    private static final String PLACE_OF_PROMPT = "{prompt}";

    private final Tokenizer tokenizer;
    private final int contextLength;
    private final SpellingTask spelling;

    /**
     * Creates a loader for one model.
     *
     * @param tokenizer the model's tokenizer
     * @param contextLength most tokens of a sequence
     * @param words words of the spelling task, in an order that never changes
     */
    public DataLoader(Tokenizer tokenizer, int contextLength, List<String> words) {
        this.tokenizer = tokenizer;
        this.contextLength = contextLength;
        this.spelling = new SpellingTask(words);
    }

    /**
     * Prompts that leave room for a response.
     *
     * @param maxTokens token budget of a response
     * @throws RlhfException USER naming file and line of what is wrong, a prompt too long for the context included
     */
    public List<Prompt> prompts(PromptData data, int maxTokens) {
        if (data instanceof SpellingData words) {
            return spellable(words).stream()
                    .map(word -> prompt(word, SpellingTask.prompt(word), SpellingTask.answer(word), maxTokens))
                    .toList();
        }
        PromptFile file = (PromptFile) data;
        List<DataRow> rows = part(
                JsonLines.read(file.path()),
                file.split(),
                file.heldOut(),
                file.path().toString());
        return rows.stream().map(row -> prompt(row, file, maxTokens)).toList();
    }

    /**
     * Prompts with the response to imitate, which ends with the end-of-sequence token.
     *
     * @throws RlhfException USER naming file and line of what is wrong
     */
    public List<TokenSequence> completions(CompletionData data) {
        if (data instanceof SpellingData words) {
            return spellable(words).stream()
                    .map(word -> sequence(word, SpellingTask.prompt(word), SpellingTask.answer(word)))
                    .toList();
        }
        CompletionFile file = (CompletionFile) data;
        List<DataRow> rows = part(
                JsonLines.read(file.path()),
                file.split(),
                file.heldOut(),
                file.path().toString());
        return rows.stream()
                .map(row -> sequence(
                        row.place(),
                        file.template().replace(PLACE_OF_PROMPT, row.text(file.promptKey())),
                        row.text(file.completionKey())))
                .toList();
    }

    /**
     * Preference pairs of a file; both responses end with the end-of-sequence token.
     *
     * @throws RlhfException USER naming file and line of what is wrong
     */
    public PreferencePairs pairs(PairFile file) {
        List<DataRow> rows = JsonLines.read(file.path());
        String name = file.path().toString();
        List<DataRow> heldOut = file.heldOut() == 0 ? List.of() : part(rows, Split.HELD_OUT, file.heldOut(), name);
        List<DataRow> train = part(rows, Split.TRAIN, file.heldOut(), name);
        return new PreferencePairs(
                train.stream().map(row -> pair(row, file)).toList(),
                heldOut.stream().map(row -> pair(row, file)).toList());
    }

    /** The tokens of a response, the end-of-sequence token last. */
    public int[] response(String text) {
        int[] tokens = tokenizer.encode(text);
        int[] ended = Arrays.copyOf(tokens, tokens.length + 1);
        ended[tokens.length] = tokenizer.endOfSequence();
        return ended;
    }

    /** Words of the spelling task, all of whose letters the tokenizer must be able to write. */
    private List<String> spellable(SpellingData data) {
        List<String> words = spelling.words(data);
        String letters = words.stream()
                .flatMapToInt(word -> (SpellingTask.prompt(word) + SpellingTask.answer(word)).chars())
                .distinct()
                .sorted()
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
        String written = tokenizer.decode(tokenizer.encode(letters)).strip();
        if (!written.equals(letters)) {
            throw RlhfException.user(
                    "the spelling task needs the letters '" + letters + "', of which the tokenizer writes '" + written
                            + "'; add the others to the tokenizer's alphabet or choose another model");
        }
        return words;
    }

    private PreferencePair pair(DataRow row, PairFile file) {
        String promptKey = file.promptKey();
        Dialogue dialogue = promptKey == null
                ? Dialogue.split(
                        row.dialogue(file.chosenKey()),
                        row.dialogue(file.rejectedKey()),
                        file.assistantMark(),
                        row.place())
                : new Dialogue(row.text(promptKey), row.text(file.chosenKey()), row.text(file.rejectedKey()));
        return new PreferencePair(
                sequence(row.place(), dialogue.prompt(), dialogue.chosen()),
                sequence(row.place(), dialogue.prompt(), dialogue.rejected()));
    }

    private Prompt prompt(DataRow row, PromptFile file, int maxTokens) {
        String answerKey = file.answerKey();
        String text = file.template().replace(PLACE_OF_PROMPT, row.text(file.promptKey()));
        return prompt(row.place(), text, answerKey == null ? null : row.text(answerKey), maxTokens);
    }

    private Prompt prompt(String id, String text, @Nullable String answer, int maxTokens) {
        int[] tokens = encode(id, text);
        if (tokens.length + maxTokens > contextLength) {
            throw RlhfException.user(id + ": the prompt has " + tokens.length + " tokens, which with max-tokens "
                    + maxTokens + " is more than the context of " + contextLength);
        }
        return new Prompt(id, text, tokens, answer == null ? Map.of() : Map.of(ANSWER, answer));
    }

    private TokenSequence sequence(String id, String prompt, String response) {
        int[] promptTokens = encode(id, prompt);
        int[] ended = response(response);
        if (promptTokens.length + ended.length > contextLength) {
            throw RlhfException.user(id + ": prompt and response have " + (promptTokens.length + ended.length)
                    + " tokens, which is more than the context of " + contextLength);
        }
        return TokenSequence.of(promptTokens, ended);
    }

    private int[] encode(String id, String prompt) {
        int[] tokens = tokenizer.encode(prompt);
        if (tokens.length == 0) {
            throw RlhfException.user(id + ": the prompt is empty");
        }
        return tokens;
    }

    private static <T> List<T> part(List<T> rows, Split split, int heldOut, String name) {
        int train = rows.size() - heldOut;
        List<T> part = new ArrayList<>();
        if (split == Split.TRAIN && train > 0) {
            part.addAll(rows.subList(0, train));
        } else if (split == Split.HELD_OUT && train >= 0) {
            part.addAll(rows.subList(train, rows.size()));
        }
        if (part.isEmpty()) {
            throw RlhfException.user("the data set is empty: with held-out " + heldOut + " of " + rows.size()
                    + " rows nothing is left for split " + (split == Split.TRAIN ? "train" : "held-out") + " of "
                    + name);
        }
        return part;
    }
}
