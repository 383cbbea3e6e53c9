package dev.rlhf.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.FinishReason;
import dev.rlhf.core.rollout.RolloutEngine;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.sync.Canary;
import dev.rlhf.core.sync.WeightPublisher;
import dev.rlhf.core.sync.WeightSnapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every engine promises together with the publisher that brings it weights. */
public abstract class RolloutEngineContract {
    private static final SamplingParams SAMPLING = new SamplingParams(3, 0.9, 1, 0, 5);
    private static final Seed SEED = new Seed(17);

    /** The engine under test. */
    protected abstract RolloutEngine engine();

    /** What brings weights to it. */
    protected abstract WeightPublisher publisher();

    /** Model directory {@code number}, 0 or 1; their greedy completions of some prompt differ. */
    protected abstract Path model(int number);

    /** What the learner of model {@code number} says of a sequence. */
    protected abstract Canary canary(int number);

    /** At least three prompts that the models can read. */
    protected abstract List<Prompt> prompts();

    /** A token that is not in the vocabulary. */
    protected abstract int unknownToken();

    /** The token that ends a completion. */
    protected abstract int endToken();

    @BeforeEach
    void publishTheFirstModel() {
        publish(0, 1);
    }

    @Test
    void everyPromptGetsItsGroupInOrder() {
        List<RolloutGroup> groups = engine().generate(prompts(), SAMPLING, SEED);
        assertThat(groups).extracting(group -> group.prompt().id()).isEqualTo(ids());
        assertThat(groups).allSatisfy(group -> assertThat(group.completions()).hasSize(3));
        groups.stream().flatMap(group -> group.completions().stream()).forEach(this::requireWellFormed);
    }

    @Test
    void equalArgumentsGiveEqualSamples() {
        List<RolloutGroup> once = engine().generate(prompts(), SAMPLING, SEED);
        assertEqual(engine().generate(prompts(), SAMPLING, SEED), once);
        List<RolloutGroup> otherwise = engine().generate(prompts(), SAMPLING, new Seed(18));
        assertThat(tokens(otherwise)).isNotEqualTo(tokens(once));
    }

    @Test
    void theSamplesOfAPromptDoNotDependOnTheOthers() {
        List<RolloutGroup> together = engine().generate(prompts(), SAMPLING, SEED);
        List<RolloutGroup> alone = engine().generate(prompts().subList(0, 1), SAMPLING, SEED);
        assertEqual(alone, together.subList(0, 1));
    }

    @Test
    void samplesOfOnePromptDiffer() {
        SamplingParams many = new SamplingParams(16, 1.0, 1, 0, 5);
        RolloutGroup group = engine().generate(prompts(), many, SEED).get(0);
        assertThat(group.completions().stream()
                        .map(completion -> java.util.Arrays.toString(completion.tokens()))
                        .distinct()
                        .count())
                .isGreaterThan(1);
    }

    @Test
    void greedyTakesNoSeed() {
        SamplingParams greedy = SamplingParams.greedy(5);
        assertEqual(engine().generate(prompts(), greedy, new Seed(2)), engine().generate(prompts(), greedy, SEED));
    }

    @Test
    void samplesComeFromTheWeightsPublishedLast() {
        SamplingParams greedy = SamplingParams.greedy(5);
        List<RolloutGroup> first = engine().generate(prompts(), greedy, SEED);
        publish(1, 2);
        List<RolloutGroup> second = engine().generate(prompts(), greedy, SEED);
        assertThat(tokens(second)).isNotEqualTo(tokens(first));
        assertThat(versions(second)).containsOnly(new WeightVersion(2));
        publish(0, 3);
        List<RolloutGroup> third = engine().generate(prompts(), greedy, SEED);
        assertThat(tokens(third)).isEqualTo(tokens(first));
        assertThat(versions(third)).containsOnly(new WeightVersion(3));
    }

    @Test
    void aPromptThatCannotBeReadIsTheUsersMistakeAndNamed() {
        Prompt strange = new Prompt("strange.jsonl:7", "?", new int[] {unknownToken()}, Map.of());
        assertThatThrownBy(() -> engine().generate(List.of(prompts().get(0), strange), SAMPLING, SEED))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContaining("strange.jsonl:7")
                .hasMessageContaining(String.valueOf(unknownToken()));
        assertThat(engine().generate(prompts(), SAMPLING, SEED))
                .hasSize(prompts().size());
    }

    @Test
    void noPromptsGiveNoGroups() {
        assertThat(engine().generate(List.of(), SAMPLING, SEED)).isEmpty();
    }

    private void publish(int number, int version) {
        publisher().publish(new WeightSnapshot(model(number), new WeightVersion(version), canary(number)));
    }

    private void requireWellFormed(Completion completion) {
        assertThat(completion.tokens()).isNotEmpty().hasSizeLessThanOrEqualTo(SAMPLING.maxTokens());
        assertThat(completion.logProbs()).hasSameSizeAs(completion.tokens());
        for (float logProb : completion.logProbs()) {
            assertThat(logProb).isFinite().isNotPositive();
        }
        assertThat(completion.version()).isEqualTo(new WeightVersion(1));
        int last = completion.tokens()[completion.tokens().length - 1];
        if (completion.finishReason() == FinishReason.STOP) {
            assertThat(last).isEqualTo(endToken());
        } else {
            assertThat(completion.tokens()).hasSize(SAMPLING.maxTokens());
            assertThat(last).isNotEqualTo(endToken());
        }
    }

    private static void assertEqual(List<RolloutGroup> found, List<RolloutGroup> expected) {
        assertThat(found).usingRecursiveComparison(BitEquality.exact()).isEqualTo(expected);
    }

    private List<String> ids() {
        return prompts().stream().map(Prompt::id).toList();
    }

    private static List<List<List<Integer>>> tokens(List<RolloutGroup> groups) {
        return groups.stream()
                .map(group -> group.completions().stream()
                        .map(completion -> java.util.Arrays.stream(completion.tokens())
                                .boxed()
                                .toList())
                        .toList())
                .toList();
    }

    private static List<WeightVersion> versions(List<RolloutGroup> groups) {
        return groups.stream()
                .flatMap(group -> group.completions().stream())
                .map(Completion::version)
                .toList();
    }
}
