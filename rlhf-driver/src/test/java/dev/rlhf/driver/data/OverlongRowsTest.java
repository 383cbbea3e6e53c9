package dev.rlhf.driver.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.loop.PreferencePair;
import dev.rlhf.core.prompt.Prompt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OverlongRowsTest {
    private static final int CONTEXT = 10;
    private static final int MAX_TOKENS = 4;
    private static final String ROWS = """
            {"prompt": "fits", "completion": "well", "chosen": "a", "rejected": "b"}
            {"prompt": "0123456789abcdef", "completion": "x", "chosen": "a", "rejected": "b"}
            {"prompt": "ab", "completion": "0123456789", "chosen": "0123456789", "rejected": "z"}
            {"prompt": "ab", "completion": "", "chosen": "01234567xy", "rejected": "01234567yx"}
            """;

    @TempDir
    Path folder;

    private final CharacterTokenizer tokenizer = new CharacterTokenizer();
    private final DataLoader loader = new DataLoader(tokenizer, CONTEXT, List.of());

    @Test
    void aPromptKeepsItsEnd() throws IOException {
        Loaded<Prompt> prompts = prompts(TooLong.TRUNCATE).load(loader, MAX_TOKENS);

        assertThat(prompts.items()).extracting(Prompt::text).containsExactly("fits", "abcdef", "ab", "ab");
        assertThat(prompts.items().get(1).tokens()).hasSize(CONTEXT - MAX_TOKENS);
        assertThat(prompts.notice())
                .hasValueSatisfying(notice ->
                        assertThat(notice).contains("of 4 rows 1 are too long for the context; 0 left out, 1 cut"));
    }

    @Test
    void whatBeginsATextStaysBeforeAPromptThatIsCut() throws IOException {
        DataLoader begins = new DataLoader(new CharacterTokenizer(true), CONTEXT, List.of());

        Prompt cut = begins.prompts(prompts(TooLong.TRUNCATE), MAX_TOKENS).get(1);

        assertThat(cut.tokens()).containsExactly(1, 'b', 'c', 'd', 'e', 'f');
        assertThat(cut.text()).isEqualTo("bcdef");
    }

    @Test
    void aCompletionIsCutAtItsEndAndARowWithoutAnyOfItIsLeftOut() throws IOException {
        Loaded<TokenSequence> rows = completions(TooLong.TRUNCATE).load(loader);

        assertThat(rows.items())
                .extracting(row -> tokenizer.decode(row.response(), true))
                .containsExactly("well\0", "01234567", "\0");
        assertThat(List.of(rows.rows(), rows.dropped(), rows.truncated())).containsExactly(4, 1, 1);
    }

    @Test
    void aPairOfWhichNothingTellsTheTwoApartIsLeftOut() throws IOException {
        Loaded<PreferencePair> pairs = pairs(TooLong.TRUNCATE).load(loader, Split.TRAIN);

        assertThat(pairs.items())
                .extracting(pair -> tokenizer.decode(pair.chosen().response(), true))
                .containsExactly("a\0", "01234567");
        assertThat(List.of(pairs.rows(), pairs.dropped(), pairs.truncated())).containsExactly(4, 2, 1);
    }

    @Test
    void whatIsDroppedIsCounted() throws IOException {
        assertThat(prompts(TooLong.DROP).load(loader, MAX_TOKENS).dropped()).isEqualTo(1);
        assertThat(completions(TooLong.DROP).load(loader).dropped()).isEqualTo(2);
        Loaded<PreferencePair> pairs = pairs(TooLong.DROP).load(loader, Split.TRAIN);
        assertThat(pairs.items()).hasSize(1);
        assertThat(pairs.places()).singleElement().asString().endsWith("rows.jsonl:1");
    }

    @Test
    void aRefusalSaysHowManyAndWhatToSet() throws IOException {
        CompletionFile file = completions(TooLong.REFUSE);

        assertThatThrownBy(() -> file.load(loader).items())
                .isInstanceOfSatisfying(
                        RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContaining("rows.jsonl:2: prompt and response have 18 tokens")
                .hasMessageContaining("of 4 rows 2 are too long: set too-long of these data to drop or truncate");
    }

    @ParameterizedTest
    @EnumSource(value = TooLong.class, names = "REFUSE", mode = EnumSource.Mode.EXCLUDE)
    void nothingLeftIsRefused(TooLong tooLong) throws IOException {
        PromptFile file = prompts(tooLong);

        assertThatThrownBy(() -> loader.prompts(file, CONTEXT))
                .isInstanceOf(RlhfException.class)
                .hasMessageContaining("of 4 rows 4 are too long: nothing is left");
    }

    @Test
    void aPreviewCountsAndShowsTheFirstExamples() throws IOException {
        Loaded<PreferencePair> train = pairs(TooLong.DROP).load(loader, Split.TRAIN);

        DataPreview preview = new Preview(loader).of("data", train, Loaded.none(train.source()));

        assertThat(preview.rows()).isEqualTo(4);
        assertThat(preview.train()).isEqualTo(1);
        assertThat(preview.dropped()).isEqualTo(3);
        assertThat(preview.prompts()).isEqualTo(new DataPreview.Lengths(4, 4, 4));
        assertThat(preview.responses()).isEqualTo(new DataPreview.Lengths(2, 2, 2));
        assertThat(preview.examples())
                .extracting(example -> example.place().replaceFirst(".*:", ""))
                .containsExactly("1 chosen", "1 rejected");
        assertThat(preview.examples().get(0).tokens())
                .extracting(DataPreview.Token::text)
                .containsExactly("f", "i", "t", "s", "a", "\0");
        assertThat(preview.examples().get(0).tokens())
                .extracting(DataPreview.Token::trained)
                .containsExactly(false, false, false, false, true, true);
    }

    private PromptFile prompts(TooLong tooLong) throws IOException {
        return new PromptFile(file(), null, "prompt", null, "{prompt}", Split.TRAIN, 0, tooLong);
    }

    private CompletionFile completions(TooLong tooLong) throws IOException {
        return new CompletionFile(file(), null, "prompt", "completion", "{prompt}", Split.TRAIN, 0, tooLong);
    }

    private PairFile pairs(TooLong tooLong) throws IOException {
        return new PairFile(file(), null, "chosen", "rejected", "prompt", "", 0, null, tooLong);
    }

    private Path file() throws IOException {
        return Files.writeString(folder.resolve("rows.jsonl"), ROWS);
    }
}
