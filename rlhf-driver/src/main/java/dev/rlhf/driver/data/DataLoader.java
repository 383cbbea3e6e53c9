package dev.rlhf.driver.data;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.loop.PreferencePair;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.prompt.Tokenizer;
import dev.rlhf.driver.data.TokenBudget.Candidate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the data a recipe names and turns it into token ids. */
public final class DataLoader {
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

    /** The prompts of a data set that leave room for a response of {@code maxTokens}. */
    public List<Prompt> prompts(PromptData data, int maxTokens) {
        return data.load(this, maxTokens).items();
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
    List<String> spellable(SpellingData data) {
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

    /** Both responses end with the end-of-sequence token. */
    Candidate<PreferencePair> pair(String place, Dialogue dialogue) {
        Candidate<TokenSequence> chosen = sequence(place, dialogue.prompt(), dialogue.chosen());
        Candidate<TokenSequence> rejected = sequence(place, dialogue.prompt(), dialogue.rejected());
        return new Candidate<>(
                place,
                new PreferencePair(chosen.item(), rejected.item()),
                chosen.complaint().or(rejected::complaint),
                () -> cut(chosen.item())
                        .flatMap(better -> cut(rejected.item())
                                .filter(worse -> !worse.equals(better))
                                .map(worse -> new PreferencePair(better, worse))));
    }

    /** A prompt with its answer, if it has one. */
    Candidate<Prompt> prompt(String id, String text, @Nullable String answer, int maxTokens) {
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

    /** A prompt with the response to imitate. */
    Candidate<TokenSequence> sequence(String id, String prompt, String response) {
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
}
