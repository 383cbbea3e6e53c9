package dev.rlhf.driver.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import org.junit.jupiter.params.provider.CsvSource;

class DataLoaderTest {
    private static final List<String> WORDS = List.of("cat", "dog", "bird", "horse", "ox", "elephant", "cow");
    private static final Path SHARED = Path.of("..", "..", "shared", "data");
    private static final String MARK = "\n\nAssistant:";

    @TempDir
    Path folder;

    private final CharacterTokenizer tokenizer = new CharacterTokenizer();
    private final DataLoader loader = new DataLoader(tokenizer, 2048, WORDS);

    @Test
    void spellingAsksForTheWordBackwards() {
        List<Prompt> prompts = loader.prompts(new SpellingData(Split.TRAIN, 3, 5, 0), 8);

        assertThat(prompts).hasSize(5).anySatisfy(prompt -> {
            assertThat(prompt.text()).isEqualTo("cat>");
            assertThat(prompt.fields()).containsEntry("answer", "tac");
        });
    }

    @Test
    void spellingIsSplitOnceIntoPartsThatShareNoWord() {
        List<Prompt> train = loader.prompts(new SpellingData(Split.TRAIN, 1, 9, 3), 9);
        List<Prompt> heldOut = loader.prompts(new SpellingData(Split.HELD_OUT, 1, 9, 3), 9);

        assertThat(heldOut).hasSize(3);
        assertThat(train)
                .hasSize(4)
                .extracting(Prompt::id)
                .doesNotContainAnyElementsOf(heldOut.stream().map(Prompt::id).toList());
        assertThat(loader.prompts(new SpellingData(Split.HELD_OUT, 1, 9, 3), 9))
                .extracting(Prompt::id)
                .containsExactlyElementsOf(heldOut.stream().map(Prompt::id).toList());
    }

    @Test
    void completionsEndWithTheEndOfSequence() throws IOException {
        Path file = write("{\"q\": \"2+2\", \"a\": 4}");

        List<TokenSequence> rows = new CompletionFile(
                        file, null, "q", "a", "Q: {prompt}\n", Split.TRAIN, 0, TooLong.REFUSE)
                .load(loader)
                .items();

        assertThat(rows).hasSize(1);
        assertThat(tokenizer.decode(rows.get(0).tokens())).isEqualTo("Q: 2+2\n4");
        assertThat(rows.get(0).response()).containsExactly('4', 0);
    }

    @Test
    void textsWithoutAPromptAreLearntWhole() throws IOException {
        Path file = write("{\"text\": \"abc\"}");

        List<TokenSequence> rows = new CompletionFile(
                        file, null, null, "text", "{prompt}", Split.TRAIN, 0, TooLong.REFUSE)
                .load(loader)
                .items();

        assertThat(rows.get(0).promptLength()).isEqualTo(1);
        assertThat(tokenizer.decode(rows.get(0).tokens())).isEqualTo("abc");
        assertThat(rows.get(0).response()).containsExactly('b', 'c', 0);
    }

    @Test
    void pairsWithoutPromptAreSplitAtTheLastTurnTheyShare() throws IOException {
        Path file = write("{\"chosen\": \"\\n\\nHuman: a\\n\\nAssistant: b\\n\\nHuman: c\\n\\nAssistant: good\","
                + " \"rejected\": \"\\n\\nHuman: a\\n\\nAssistant: b\\n\\nHuman: c\\n\\nAssistant: bad\"}");

        PreferencePair pair =
                pairFile(file, 0).load(loader, Split.TRAIN).items().get(0);

        assertThat(tokenizer.decode(pair.chosen().response())).isEqualTo(" good");
        assertThat(tokenizer.decode(pair.rejected().response())).isEqualTo(" bad");
        assertThat(pair.chosen().promptLength()).isEqualTo(pair.rejected().promptLength());
    }

    @Test
    void theLastPairsAreHeldOut() throws IOException {
        String line = "{\"chosen\": \"\\n\\nAssistant: good\", \"rejected\": \"\\n\\nAssistant: bad\"}\n";
        PairFile pairs = pairFile(write(line.repeat(5)), 2);

        assertThat(pairs.load(loader, Split.TRAIN).items()).hasSize(3);
        assertThat(pairs.load(loader, Split.HELD_OUT).items()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"prompt\": \"a\"}\\n{\"prompt\": | data.jsonl:2",
                "{\"prompt\": \"a\"}\\n\\n[1] | data.jsonl:3",
                "{\"prompt\": \"a\"} x | data.jsonl:1",
                "{\"question\": \"a\"} | data.jsonl:1: there is no 'prompt'; the line has [question]",
                "{\"prompt\": {}} | data.jsonl:1: 'prompt' must be a text or a number",
                "{\"prompt\": \"\"} | data.jsonl:1: the prompt is empty",
                "` ` | the data set is empty",
            })
    void aBadLineIsNamed(String text, String message) throws IOException {
        Path file = write(text.replace("\\n", "\n"));

        assertThatThrownBy(() -> loader.prompts(promptFile(file), 8))
                .isInstanceOfSatisfying(
                        RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContaining(message);
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> loader.prompts(promptFile(folder.resolve("none.jsonl")), 8))
                .isInstanceOf(RlhfException.class)
                .hasMessageContaining("no such file")
                .hasMessageContaining("none.jsonl");
    }

    @Test
    void aPromptLongerThanTheContextIsNamed() throws IOException {
        Path file = write("{\"prompt\": \"short\"}\n{\"prompt\": \"" + "long ".repeat(500) + "\"}");

        assertThatThrownBy(() -> loader.prompts(promptFile(file), 8))
                .isInstanceOf(RlhfException.class)
                .hasMessageContaining("data.jsonl:2: the prompt has 2500 tokens")
                .hasMessageContaining("context of 2048");
    }

    @Test
    void textsThatShareNoTurnAreNamed() throws IOException {
        Path file = write("{\"chosen\": \"good\", \"rejected\": \"bad\"}");

        assertThatThrownBy(() -> pairFile(file, 0).load(loader, Split.TRAIN))
                .isInstanceOf(RlhfException.class)
                .hasMessageContaining("data.jsonl:1")
                .hasMessageContaining("prompt-key");
    }

    @Test
    void aNumberIsNoDialogue() throws IOException {
        Path file = write("{\"chosen\": \"\\n\\nAssistant: a\", \"rejected\": 5}");

        assertThatThrownBy(() -> pairFile(file, 0).load(loader, Split.TRAIN))
                .isInstanceOf(RlhfException.class)
                .hasMessageContaining("data.jsonl:1: 'rejected' must be a text of several turns, not 5");
    }

    @Test
    void moreHeldOutThanThereIsLeavesNothing() throws IOException {
        Path file = write("{\"prompt\": \"a\"}");

        assertThatThrownBy(() -> loader.prompts(
                        new PromptFile(file, null, "prompt", null, "{prompt}", Split.TRAIN, 1, TooLong.REFUSE), 8))
                .isInstanceOf(RlhfException.class)
                .hasMessageContaining("the data set is empty");
    }

    @Test
    void realPreferencesLoadAsTheyAre() {
        Path file = SHARED.resolve("hh-preferences.jsonl");
        assumeTrue(Files.exists(file), "the shared data folder is not here");

        List<PreferencePair> pairs =
                pairFile(file, 64).load(loader, Split.TRAIN).items();

        assertThat(pairs).hasSize(579);
        assertThat(pairFile(file, 64).load(loader, Split.HELD_OUT).items()).hasSize(64);
        assertThat(pairs)
                .allSatisfy(pair ->
                        assertThat(tokenizer.decode(pair.chosen().tokens())).contains(MARK));
    }

    @Test
    void realMathProblemsLoadAsTheyAre() {
        Path file = SHARED.resolve("gsm8k-test.jsonl");
        assumeTrue(Files.exists(file), "the shared data folder is not here");

        List<Prompt> prompts = loader.prompts(
                new PromptFile(file, null, "question", "answer", "{prompt}\n", Split.TRAIN, 0, TooLong.REFUSE), 64);

        assertThat(prompts).hasSize(1319);
        assertThat(prompts.get(0).fields().get("answer")).endsWith("#### 18");
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("data.jsonl"), text);
    }

    private static PromptFile promptFile(Path file) {
        return new PromptFile(file, null, "prompt", null, "{prompt}", Split.TRAIN, 0, TooLong.REFUSE);
    }

    @Test
    void aLimitKeepsTheFirstPairsToTrainOnAndAllThatAreHeldOut() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            lines.append("{\"p\": \"").append(i).append("\", \"chosen\": \"a\", \"rejected\": \"b\"}\n");
        }
        Path file = write(lines.toString());
        for (int limit : new int[] {1, 3, 4, 9}) {
            PairFile pairs = new PairFile(file, null, "chosen", "rejected", "p", "", 2, limit, TooLong.REFUSE);

            assertThat(pairs.load(loader, Split.TRAIN).items()).hasSize(Math.min(limit, 4));
            assertThat(pairs.load(loader, Split.HELD_OUT).items()).hasSize(2);
        }
    }

    private static PairFile pairFile(Path file, int heldOut) {
        return new PairFile(file, null, "chosen", "rejected", null, MARK, heldOut, null, TooLong.REFUSE);
    }
}
