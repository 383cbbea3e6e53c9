package dev.rlhf.driver.data;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.loop.PreferencePair;
import dev.rlhf.core.loop.PreferencePairs;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.prompt.Tokenizer;
import dev.rlhf.driver.config.CompletionData;
import dev.rlhf.driver.config.CompletionFile;
import dev.rlhf.driver.config.PairFile;
import dev.rlhf.driver.config.PromptData;
import dev.rlhf.driver.config.PromptFile;
import dev.rlhf.driver.config.SpellingData;
import dev.rlhf.driver.config.Split;
import dev.rlhf.driver.data.TokenBudget.Candidate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the data a recipe names and turns it into token ids. */
public final class DataLoader {
    private static final String SPELLING = "spelling";
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
     * @throws RlhfException USER naming file and line of what is wrong
     */
    public List<Prompt> prompts(PromptData data, int maxTokens) {
        return loadPrompts(data, maxTokens).items();
    }

    /** As {@link #prompts}, with what became of rows that are too long. */
    public Loaded<Prompt> loadPrompts(PromptData data, int maxTokens) {
        if (data instanceof SpellingData words) {
            return TokenBudget.ofTask(SPELLING)
                    .load(
                            spellable(words),
                            word -> prompt(word, SpellingTask.prompt(word), SpellingTask.answer(word), maxTokens));
        }
        if (data instanceof PromptFile file) {
            List<DataRow> rows = part(
                    Source.rows(file.path(), file.format()),
                    file.split(),
                    file.heldOut(),
                    file.path().toString());
            return TokenBudget.ofFile(file.path(), file.tooLong()).load(rows, row -> prompt(row, file, maxTokens));
        }
        throw unknown(data);
    }

    /**
     * Prompts with the response to imitate, which ends with the end-of-sequence token.
     *
     * @throws RlhfException USER naming file and line of what is wrong
     */
    public List<TokenSequence> completions(CompletionData data) {
        return loadCompletions(data).items();
    }

    /** As {@link #completions}, with what became of rows that are too long. */
    public Loaded<TokenSequence> loadCompletions(CompletionData data) {
        if (data instanceof SpellingData words) {
            return TokenBudget.ofTask(SPELLING)
                    .load(
                            spellable(words),
                            word -> sequence(word, SpellingTask.prompt(word), SpellingTask.answer(word)));
        }
        if (data instanceof CompletionFile file) {
            List<DataRow> rows = part(
                    Source.rows(file.path(), file.format()),
                    file.split(),
                    file.heldOut(),
                    file.path().toString());
            return TokenBudget.ofFile(file.path(), file.tooLong())
                    .load(
                            rows,
                            row -> sequence(
                                    row.place(),
                                    file.template().replace(PLACE_OF_PROMPT, row.text(file.promptKey())),
                                    row.text(file.completionKey())));
        }
        throw unknown(data);
    }

    /**
     * Preference pairs of a file; both responses end with the end-of-sequence token.
     *
     * @throws RlhfException USER naming file and line of what is wrong
     */
    public PreferencePairs pairs(PairFile file) {
        return new PreferencePairs(
                loadPairs(file, Split.TRAIN).items(),
                loadPairs(file, Split.HELD_OUT).items());
    }

    /** The pairs of one part, with what became of rows that are too long; those held out may be none. */
    public Loaded<PreferencePair> loadPairs(PairFile file, Split split) {
        String name = file.path().toString();
        if (split == Split.HELD_OUT && file.heldOut() == 0) {
            return Loaded.none(name);
        }
        List<DataRow> rows = part(Source.rows(file.path(), file.format()), split, file.heldOut(), name);
        return TokenBudget.ofFile(file.path(), file.tooLong()).load(rows, row -> pair(row, file));
    }

    /** The model's tokenizer. */
    Tokenizer tokenizer() {
        return tokenizer;
    }

    /** A prompt with a whole response to it; throws USER when the two are longer than the context. */
    public TokenSequence example(Prompt prompt, String response) {
        Candidate<TokenSequence> candidate = sequence(prompt.id(), prompt.text(), response);
        candidate.complaint().ifPresent(complaint -> {
            throw RlhfException.user(prompt.id() + ": " + complaint);
        });
        return candidate.item();
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

    private Candidate<PreferencePair> pair(DataRow row, PairFile file) {
        String promptKey = file.promptKey();
        Dialogue dialogue = promptKey == null
                ? Dialogue.split(
                        row.dialogue(file.chosenKey()),
                        row.dialogue(file.rejectedKey()),
                        file.assistantMark(),
                        row.place())
                : new Dialogue(row.text(promptKey), row.text(file.chosenKey()), row.text(file.rejectedKey()));
        Candidate<TokenSequence> chosen = sequence(row.place(), dialogue.prompt(), dialogue.chosen());
        Candidate<TokenSequence> rejected = sequence(row.place(), dialogue.prompt(), dialogue.rejected());
        return new Candidate<>(
                row.place(),
                new PreferencePair(chosen.item(), rejected.item()),
                chosen.complaint().or(rejected::complaint),
                () -> cut(chosen.item())
                        .flatMap(better -> cut(rejected.item())
                                .filter(worse -> !worse.equals(better))
                                .map(worse -> new PreferencePair(better, worse))));
    }

    private Candidate<Prompt> prompt(DataRow row, PromptFile file, int maxTokens) {
        String answerKey = file.answerKey();
        String text = file.template().replace(PLACE_OF_PROMPT, row.text(file.promptKey()));
        return prompt(row.place(), text, answerKey == null ? null : row.text(answerKey), maxTokens);
    }

    private Candidate<Prompt> prompt(String id, String text, @Nullable String answer, int maxTokens) {
        Map<String, String> fields = answer == null ? Map.of() : Map.of(Prompt.ANSWER, answer);
        int[] tokens = placed(id, () -> tokenizer.prompt(text));
        if (text.isEmpty() || tokens.length == 0) {
            throw RlhfException.user(id + ": the prompt is empty");
        }
        Optional<String> complaint = tokens.length + maxTokens <= contextLength
                ? Optional.empty()
                : Optional.of("the prompt has " + tokens.length + " tokens, which with max-tokens " + maxTokens
                        + " is more than the context of " + contextLength);
        return new Candidate<>(
                id,
                new Prompt(id, text, tokens, fields),
                complaint,
                () -> endOf(tokens, contextLength - maxTokens)
                        .map(end -> new Prompt(id, tokenizer.decode(end), end, fields)));
    }

    /** What begins every text, and as much of the end of a prompt as there is room for; empty when there is none. */
    private Optional<int[]> endOf(int[] tokens, int room) {
        int[] begin = tokenizer.prompt("");
        boolean begun = Arrays.equals(begin, Arrays.copyOf(tokens, begin.length));
        int kept = begun ? begin.length : 0;
        if (room <= kept) {
            return Optional.empty();
        }
        int[] end = Arrays.copyOfRange(tokens, tokens.length - room, tokens.length);
        System.arraycopy(begin, 0, end, 0, kept);
        return Optional.of(end);
    }

    private Candidate<TokenSequence> sequence(String id, String prompt, String response) {
        TokenSequence whole = placed(id, () -> tokenizer.example(prompt, response));
        Optional<String> complaint = whole.length() <= contextLength
                ? Optional.empty()
                : Optional.of("prompt and response have " + whole.length()
                        + " tokens, which is more than the context of " + contextLength);
        return new Candidate<>(id, whole, complaint, () -> cut(whole));
    }

    /** As many tokens as there is room for; empty when no token of the response is among them. */
    private Optional<TokenSequence> cut(TokenSequence whole) {
        return whole.promptLength() >= contextLength
                ? Optional.empty()
                : Optional.of(new TokenSequence(
                        Arrays.copyOf(whole.tokens(), Math.min(whole.length(), contextLength)), whole.promptLength()));
    }

    /** What a row's text comes to; a complaint of the tokenizer is given the row's place. */
    private static <T> T placed(String place, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (RlhfException refused) {
            throw refused.kind() == ErrorKind.USER ? RlhfException.user(place + ": " + refused.getMessage()) : refused;
        }
    }

    private static RlhfException unknown(Object data) {
        return RlhfException.bug("no way to read data of " + data.getClass());
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
