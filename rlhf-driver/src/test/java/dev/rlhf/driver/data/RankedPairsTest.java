package dev.rlhf.driver.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.loop.ExampleSource;
import dev.rlhf.core.loop.LoopState;
import dev.rlhf.core.loop.PreferencePair;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.reward.ExactMatch;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.FinishReason;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.update.Experience;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Pairs of a model that answers every other prompt always right, and the others right once in four samples. */
class RankedPairsTest {
    private static final List<String> WORDS = IntStream.range(0, 60)
            .mapToObj(i -> "" + (char) ('a' + i / 10) + (char) ('k' + i % 10) + "x")
            .toList();

    private final CharacterTokenizer tokenizer = new CharacterTokenizer();
    private final DataLoader loader = new DataLoader(tokenizer, 64, WORDS);

    /** Of prompts whose samples are all worth the same there is no pair; the others make one each, however often it is drawn. */
    @Test
    void allOfSamplesAreAsManyDistinctPairsAsPromptsWithDifferentSamples() {
        Set<String> distinct = new HashSet<>(texts(open(20, 1, 0).train(), 500));

        long halfRight = sampledPrompts(20).stream().filter(this::sometimes).count();
        assertThat(halfRight).isBetween(5L, 15L);
        assertThat(distinct).hasSize((int) halfRight);
        assertThat(distinct).allSatisfy(pair -> assertThat(isTrue(pair)).isTrue());
    }

    @Test
    void noiseSwapsItsShareOfThePairsOfSamplesForGood() {
        List<String> before = texts(open(40, 1, 0).train(), 300);
        List<String> some = texts(open(40, 1, 0.2).train(), 300);
        List<String> more = texts(open(40, 1, 0.5).train(), 300);

        Set<String> pairs = new HashSet<>(before);
        long count = pairs.size();
        assertThat(new HashSet<>(some)).hasSize((int) count);
        assertThat(new HashSet<>(some).stream().filter(pair -> !isTrue(pair))).hasSize((int) Math.round(0.2 * count));
        assertThat(new HashSet<>(more).stream().filter(pair -> !isTrue(pair))).hasSize((int) Math.round(0.5 * count));
        for (int i = 0; i < before.size(); i++) {
            // Order and texts are those without noise, and what a smaller share swaps a larger one swaps too.
            assertThat(some.get(i)).isIn(before.get(i), swapped(before.get(i)));
            assertThat(isTrue(some.get(i)) || !isTrue(more.get(i))).isTrue();
        }
    }

    /** Of 4000 pairs, 2000 of samples come first. */
    @Test
    void noiseSwapsItsShareOfTheEndlessPairs() {
        List<String> before = texts(open(20, 0.5, 0).train(), 4000).subList(2000, 4000);
        List<String> noisy = texts(open(20, 0.5, 0.3).train(), 4000).subList(2000, 4000);

        for (int i = 0; i < before.size(); i++) {
            assertThat(noisy.get(i)).isIn(before.get(i), swapped(before.get(i)));
        }
        assertThat(before).allMatch(RankedPairsTest::isTrue);
        // Three standard deviations are 0.031.
        assertThat(noisy.stream().filter(pair -> !isTrue(pair)).count() / 2000.0)
                .isCloseTo(0.3, within(0.031));
        assertThat(texts(open(20, 0.5, 0.3).train(), 4000).subList(2000, 4000)).isEqualTo(noisy);
    }

    @Test
    void withoutAShareOfSamplesNothingIsSampled() {
        ExampleSource source = open(20, 0, 0).train();
        assertThat(texts(source, 50)).allMatch(RankedPairsTest::isTrue);
        assertThat(source.cursors()).hasSize(2);
    }

    @Test
    void pairsToMeasureByStayTrue() {
        List<PreferencePair> heldOut = open(20, 0.5, 0.5).heldOut();

        assertThat(heldOut)
                .hasSize(12)
                .allSatisfy(pair -> assertThat(isTrue(text(pair.rows()))).isTrue());
        assertThat(heldOut.stream().map(pair -> text(pair.rows())))
                .isEqualTo(open(20, 0.5, 0).heldOut().stream()
                        .map(pair -> text(pair.rows()))
                        .toList());
    }

    private PreferenceSource open(int pairs, double onPolicyShare, double labelNoise) {
        RankedSamples recipe = new RankedSamples(
                new SpellingData(Split.TRAIN, 1, 9, 12),
                new ExactMatch(),
                onPolicyShare,
                pairs,
                12,
                labelNoise,
                1,
                8,
                null);
        PairStart start = new PairStart(
                loader,
                () -> (prompts, sampling, seed) ->
                        prompts.stream().map(this::answered).toList(),
                new Seed(3),
                new LoopState(List.of(), new WeightVersion(1), 0));
        return recipe.open(start);
    }

    /** The prompts that are sampled: all of the training part in an order of their own, the first of them. */
    private List<Prompt> sampledPrompts(int count) {
        List<Prompt> asked = new ArrayList<>();
        new RankedSamples(new SpellingData(Split.TRAIN, 1, 9, 12), new ExactMatch(), 1, count, 12, 0, 1, 8, null)
                .open(new PairStart(
                        loader,
                        () -> (prompts, sampling, seed) -> {
                            if (asked.isEmpty()) {
                                asked.addAll(prompts);
                            }
                            return prompts.stream().map(this::answered).toList();
                        },
                        new Seed(3),
                        new LoopState(List.of(), new WeightVersion(1), 0)));
        assertThat(asked).hasSize(count);
        return asked;
    }

    private boolean sometimes(Prompt prompt) {
        return prompt.text().charAt(1) % 2 == 0;
    }

    private RolloutGroup answered(Prompt prompt) {
        String right = prompt.fields().get(Prompt.ANSWER);
        return new RolloutGroup(
                prompt,
                IntStream.range(0, 4)
                        .mapToObj(i -> sometimes(prompt) && i != 2 ? "wrong" : right)
                        .map(text -> new Completion(
                                tokenizer.encode(text),
                                new float[text.length()],
                                FinishReason.STOP,
                                new WeightVersion(1),
                                text))
                        .toList());
    }

    private List<String> texts(ExampleSource source, int count) {
        List<Experience> rows = source.next(count);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < rows.size(); i += 2) {
            texts.add(text(rows.subList(i, i + 2)));
        }
        return texts;
    }

    /** Both rows of a pair, e.g. {@code akx>xka|akx>wrong}. */
    private String text(List<Experience> rows) {
        return tokenizer.decode(rows.get(0).sequence().tokens()) + "|"
                + tokenizer.decode(rows.get(1).sequence().tokens());
    }

    private static String swapped(String pair) {
        String[] rows = pair.split("\\|", -1);
        return rows[1] + "|" + rows[0];
    }

    private static boolean isTrue(String pair) {
        String[] row = pair.split("\\|", -1)[0].split(">", -1);
        return row[1].equals(new StringBuilder(row[0]).reverse().toString());
    }
}
