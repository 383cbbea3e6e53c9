package dev.rlhf.learner.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.Seed;
import dev.rlhf.learner.block.RotaryEmbedding;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.model.LlamaShape;
import dev.rlhf.learner.model.ModelInitialiser;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a sequence gives does not depend on where its pages are and who else reads them. */
class CachedDecoderTest {
    private static final int STEPS = 40;

    /** Tokens of a long prompt: it comes to have eight pages. */
    private static final int LONG = 215;

    @TempDir
    private static Path directory;

    private static CachedDecoder decoder;

    @BeforeAll
    static void open() {
        NativeScope.prepareThread(1);
        LlamaShape config =
                new LlamaShape(31, 32, 2, 4, 2, 8, 48, 256, RotaryEmbedding.of(10_000), 1e-6, true, List.of());
        ModelInitialiser.random(config.toJson(), new Seed(3), directory);
        decoder = CachedDecoder.open(directory, null);
    }

    @AfterAll
    static void close() {
        decoder.close();
    }

    /** Prompts of less than a page, of whole pages, and of both; more samples than share a page. */
    @ParameterizedTest
    @ValueSource(ints = {5, 31, 32, 64, 71, 130})
    void theBitsAreThoseOfASequenceAloneWhateverRunsBeside(int length) {
        float[][] alone = written(length, 1, 0);

        assertThat(written(length, 7, 0)).isDeepEqualTo(alone);
        assertThat(written(length, 1, 50)).isDeepEqualTo(alone);
        assertThat(written(length, 6, 120)).isDeepEqualTo(alone);
    }

    /** What many pages give is added up in an order that does not depend on how many pages another has. */
    @ParameterizedTest
    @ValueSource(ints = {155, 180, 195})
    void theBitsAreThoseOfASequenceAloneWhateverLongerOnesRunBeside(int length) {
        assertThat(written(length, 1, 0, 3)).isDeepEqualTo(written(length, 1, 0));
    }

    /** The next token's logits are those of a prompt that is one token longer. */
    @Test
    void aStepGoesOnWhereThePromptEnds() {
        int[] prompt = prompt(95, 1);
        double[] whole = decoder.logProbs(prompt);
        Prefix prefix = decoder.read(List.of(Arrays.copyOf(prompt, 60))).get(0);
        CachedSequence sequence = decoder.open(prefix, prompt.length);
        decoder.fill();
        prefix.close();
        for (int at = 60; at < prompt.length - 1; at++) {
            try (Logits logits = decoder.step(List.of(sequence), new int[] {prompt[at]}, new int[] {at})) {
                double next = logits.logProbs(new int[] {prompt[at + 1]})[0];
                assertThat(Math.abs(next - whole[at])).isLessThan(1e-5);
            }
        }
        sequence.close();
    }

    /**
     * Logits of a sequence, step after step.
     *
     * @param samples sequences of the same prompt, it being the last
     * @param crowd sequences before these, which leave one after the other, so that pages are given back and moved
     */
    private static float[][] written(int length, int samples, int crowd) {
        return written(length, samples, crowd, 0);
    }

    /**
     * Beside longer ones, too, which stay to the end.
     *
     * @param longer how many
     */
    private static float[][] written(int length, int samples, int crowd, int longer) {
        List<CachedSequence> running = new ArrayList<>();
        List<Integer> next = new ArrayList<>();
        List<Prefix> prefixes = new ArrayList<>();
        for (int i = 0; i < crowd; i++) {
            prefixes.addAll(decoder.read(List.of(prompt(1 + i % 90, i))));
            running.add(decoder.open(prefixes.get(i), 200));
            next.add(1 + i % 90);
        }
        for (int i = 0; i < longer; i++) {
            prefixes.addAll(decoder.read(List.of(prompt(LONG, i))));
            running.add(decoder.open(prefixes.get(crowd + i), LONG + STEPS));
            next.add(LONG);
        }
        prefixes.addAll(decoder.read(List.of(prompt(length, 1000))));
        for (int i = 0; i < samples; i++) {
            running.add(decoder.open(prefixes.get(crowd + longer), length + STEPS));
            next.add(length);
        }
        decoder.fill();
        prefixes.forEach(Prefix::close);
        float[][] logits = new float[STEPS][];
        for (int step = 0; step < STEPS; step++) {
            int[] at = next.stream().mapToInt(Integer::intValue).toArray();
            int[] tokens =
                    Arrays.stream(at).map(position -> (7 * position + 3) % 31).toArray();
            try (Logits all = decoder.step(running, tokens, at)) {
                logits[step] = all.row(running.size() - 1);
            }
            next.replaceAll(position -> position + 1);
            for (int i = 0; i < 4 && running.size() > samples + longer; i++) {
                running.remove(0).close();
                next.remove(0);
            }
        }
        running.forEach(CachedSequence::close);
        return logits;
    }

    private static int[] prompt(int length, int kind) {
        int[] tokens = new int[length];
        Arrays.setAll(tokens, i -> (i * i + 5 * i + kind) % 31);
        return tokens;
    }
}
