package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.ErrorKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BadDataTest {
    private static final int USER = ErrorKind.USER.exitCode();
    private static final String COMPLETIONS = SmallRecipe.SFT.replace(
            "kind: spelling", "kind: completions, path: words.jsonl, prompt-key: word, completion-key: backwards");
    private static final String PROMPTS = SmallRecipe.SFT_THEN_GRPO.replace(
            "    data: {kind: spelling}\n    rewards",
            "    data: {kind: prompts, path: words.jsonl, prompt-key: word, answer-key: backwards}\n    rewards");
    private static final String PAIRS = """
            stages:
              - name: reward-model
                kind: reward-model
                steps: 2
                batch-size: 2
                data: {kind: pairs, path: words.jsonl, prompt-key: word, chosen-key: backwards, rejected-key: wrong}
            """;
    private static final String ROW = "{\"word\": \"cat>\", \"backwards\": \"tac\", \"wrong\": \"tca\"}\n";

    @TempDir
    Path folder;

    private SmallRecipe recipe;

    @BeforeEach
    void makeRecipe() {
        recipe = new SmallRecipe(folder);
        recipe.with(COMPLETIONS);
    }

    @Test
    void aMissingFileIsNamed() {
        recipe.run().assertRefused(USER, "no such file: " + folder.resolve("words.jsonl"));
    }

    /** What a recipe points to is read before a cluster is joined, by which Ray unpacks a job's files anew. */
    @Test
    void aMissingFileIsNamedBeforeAClusterIsJoined() {
        recipe.run("--set", "runtime={kind: ray, address: '127.0.0.1:1'}")
                .assertRefused(USER, "no such file: " + folder.resolve("words.jsonl"));
    }

    @Test
    void aFolderIsNoFile() throws IOException {
        Path file = Files.createDirectory(folder.resolve("words.jsonl"));

        recipe.run().assertRefused(USER, file + " is a folder; name a file");
    }

    @Test
    void aBrokenLineIsNamedByFileAndNumber() {
        Path file = recipe.file("words.jsonl", ROW + ROW + "{\"word\": \"dog>\", \"backw\n" + ROW);

        recipe.run().assertRefused(USER, file + ":3: not JSON: ");
    }

    @Test
    void aMistakeInJsonIsToldInWordsOfTheFile() {
        Path file = recipe.file("words.jsonl", ROW.strip() + " 5\n");
        Invocation trailing = recipe.run();
        trailing.assertRefused(USER, file + ":1: not JSON: column ");
        recipe.file("words.jsonl", "{\"word\": {\n");
        Invocation unended = recipe.run();
        unended.assertRefused(USER, file + ":1: not JSON: column ", "the end is missing");

        assertThat(trailing.err() + unended.err()).doesNotContain("Feature", "Source");
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheFirstLine() {
        recipe.file("words.jsonl", "\uFEFF" + ROW);

        recipe.run().assertDone();
    }

    @Test
    void anAnswerWithoutANumberIsNamed() {
        recipe.with(PROMPTS.replace("position-match", "numeric-answer"));
        Path file = recipe.file("words.jsonl", ROW.replace("tac", "= 3") + ROW);

        recipe.run().assertRefused(USER, file + ":2: the answer has no number, which numeric-answer compares with");
    }

    @Test
    void lettersThatTheTokenizerLacksAreNamed() {
        recipe.text(SmallRecipe.HEAD.replace("abcdefghijklmnopqrstuvwxyz>", "xyz>") + SmallRecipe.SFT);

        recipe.run().assertRefused(USER, "needs the letters '>abcdef", "of which the tokenizer writes '>xyz'");
    }

    @Test
    void aLineThatIsNoObjectIsNamed() {
        Path file = recipe.file("words.jsonl", ROW + "[1, 2]\n");

        recipe.run().assertRefused(USER, file + ":2: a line must be a JSON object");
    }

    @Test
    void aLineWithoutTheKeyIsNamedWithTheKeysItHas() {
        Path file = recipe.file("words.jsonl", ROW + "{\"word\": \"dog>\", \"answer\": \"god\"}\n");

        recipe.run().assertRefused(USER, file + ":2: there is no 'backwards'; the line has [word, answer]");
    }

    @Test
    void anEmptySetIsRefused() {
        Path file = recipe.file("words.jsonl", "\n\n");

        recipe.run().assertRefused(USER, "the data set is empty: " + file);
    }

    @Test
    void aSetThatIsHeldOutAsAWholeIsRefused() {
        Path file = recipe.file("words.jsonl", ROW + ROW);

        recipe.run("--set", "stages.sft.data.held-out=2")
                .assertRefused(USER, "the data set is empty: with held-out 2 of 2 rows nothing is left", file);
    }

    @Test
    void bytesThatAreNoTextAreRefused() throws IOException {
        Path file = Files.write(folder.resolve("words.jsonl"), new byte[] {'{', (byte) 0xff, '}'});

        recipe.run().assertRefused(USER, "not a text file in UTF-8: " + file);
    }

    @Test
    void anExampleLongerThanTheContextIsNamed() {
        Path file = recipe.file("words.jsonl", ROW + ROW.replace("cat", "a".repeat(29)));

        recipe.run().assertRefused(USER, file + ":2: prompt and response have 34 tokens", "the context of 32");
    }

    @Test
    void aPairLongerThanTheContextIsNamed() {
        recipe.with(PAIRS);
        Path file = recipe.file("words.jsonl", ROW + ROW.replace("tca", "a".repeat(40)));

        recipe.run().assertRefused(USER, file + ":2: prompt and response have 45 tokens", "the context of 32");
    }

    /** The last stage's data is read before the first stage trains, and the start can be repeated in the same folder. */
    @Test
    void aPromptLongerThanTheContextIsFoundBeforeAnythingIsTrained() {
        recipe.with(PROMPTS);
        Path file = recipe.file("words.jsonl", ROW + ROW.replace("cat", "a".repeat(28)));

        recipe.run().assertRefused(USER, file + ":2: the prompt has 29 tokens, which with max-tokens 4 is more than");
        assertThat(recipe.out().resolve("metrics.jsonl")).doesNotExist();

        recipe.file("words.jsonl", ROW);
        recipe.run().assertDone();
        assertThat(recipe.out().resolve("summary.json")).exists();
    }

    @Test
    void aRewardWithoutAnswersIsRefused() {
        Path file = recipe.with(PROMPTS.replace(", answer-key: backwards", ""));

        recipe.run()
                .assertRefused(
                        USER, file + ":12: stages.grpo.data.answer-key: is missing: rewards[0] compares with the");
    }

    /** A policy's held-out rows need a rule that judges them, which only the evaluation can name. */
    @Test
    void heldOutPromptsThatNothingMeasuresAreTold() {
        recipe.file("asked.jsonl", "{\"prompt\": \"ab>\", \"answer\": \"ba\"}\n".repeat(4));
        String stages = """
                stages:
                  - name: grpo
                    kind: grpo
                    steps: 1
                    prompts-per-step: 2
                    sampling: {samples-per-prompt: 2, max-tokens: 4}
                    data: {kind: prompts, path: asked.jsonl, answer-key: answer, held-out: 1}
                    rewards: [{kind: position-match}]
                """;
        recipe.with(stages);
        assertThat(recipe.run().assertDone().out()).contains("stages.grpo holds out 1 rows", "that nothing measures");
    }
}
