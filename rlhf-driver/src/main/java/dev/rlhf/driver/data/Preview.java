package dev.rlhf.driver.data;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.loop.PreferencePair;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.prompt.Tokenizer;
import dev.rlhf.driver.data.DataPreview.Example;
import dev.rlhf.driver.data.DataPreview.Lengths;
import dev.rlhf.driver.data.DataPreview.Token;
import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Says what examples come to. */
public final class Preview {
    private static final int SHOWN = 3;

    private final Tokenizer tokenizer;

    /** A preview in the words of the loader's tokenizer. */
    public Preview(DataLoader data) {
        this.tokenizer = data.tokenizer();
    }

    /** What one data set comes to. */
    public <T> DataPreview of(String key, Loaded<T> train, Loaded<T> heldOut) {
        IntSummaryStatistics prompts = new IntSummaryStatistics();
        IntSummaryStatistics responses = new IntSummaryStatistics();
        Stream.concat(train.items().stream(), heldOut.items().stream())
                .flatMap(item -> sequences(item).values().stream())
                .forEach(sequence -> {
                    prompts.accept(sequence.promptLength());
                    responses.accept(sequence.responseLength());
                });
        return new DataPreview(
                key,
                train.source(),
                train.rows() + heldOut.rows(),
                train.items().size(),
                heldOut.items().size(),
                train.dropped() + heldOut.dropped(),
                train.truncated() + heldOut.truncated(),
                lengths(prompts),
                lengths(responses),
                examples(train.items().isEmpty() ? heldOut : train));
    }

    private List<Example> examples(Loaded<?> loaded) {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < Math.min(SHOWN, loaded.items().size()); i++) {
            String place = loaded.places().get(i);
            sequences(loaded.items().get(i))
                    .forEach((name, sequence) -> examples.add(new Example(place + name, tokens(sequence))));
        }
        return examples;
    }

    /** The sequences of an example by what tells them apart. */
    private static Map<String, TokenSequence> sequences(Object example) {
        if (example instanceof Prompt prompt) {
            return Map.of("", new TokenSequence(prompt.tokens(), prompt.tokens().length));
        }
        if (example instanceof TokenSequence sequence) {
            return Map.of("", sequence);
        }
        if (example instanceof PreferencePair pair) {
            return new TreeMap<>(Map.of(" chosen", pair.chosen(), " rejected", pair.rejected()));
        }
        throw RlhfException.bug("no preview of an example of " + example.getClass());
    }

    private List<Token> tokens(TokenSequence sequence) {
        int[] ids = sequence.tokens();
        List<String> pieces = tokenizer.pieces(new int[0], ids);
        List<Token> tokens = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            boolean special = tokenizer.decode(new int[] {ids[i]}).isEmpty();
            String text =
                    pieces.get(i).isEmpty() && special ? tokenizer.decode(new int[] {ids[i]}, true) : pieces.get(i);
            tokens.add(new Token(ids[i], text, i >= sequence.promptLength()));
        }
        return tokens;
    }

    private static Lengths lengths(IntSummaryStatistics statistics) {
        return statistics.getCount() == 0
                ? new Lengths(0, 0, 0)
                : new Lengths(statistics.getMin(), statistics.getAverage(), statistics.getMax());
    }
}
