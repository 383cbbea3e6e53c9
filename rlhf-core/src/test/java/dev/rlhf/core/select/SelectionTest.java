package dev.rlhf.core.select;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.reward.ScoredGroup;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.FinishReason;
import dev.rlhf.core.rollout.RolloutGroup;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SelectionTest {
    /** Sample i of a prompt has i + 1 tokens, each of them i. */
    private static final List<ScoredGroup> GROUPS =
            List.of(group(7, 0.5, 1.0), group(8, 0.25, 0.0), group(9, 0.75, 0.75));

    @Test
    void whatIsChosenBecomesSequences() {
        Selection selection = Selection.of(GROUPS, new TopKOverall(3, false), new Seed(1));

        assertThat(selection.chosen()).isDeepEqualTo(new int[][] {{1}, {}, {0, 1}});
        assertThat(selection.sequences())
                .extracting(TokenSequence::tokens)
                .containsExactly(new int[] {7, 1, 1}, new int[] {9, 0}, new int[] {9, 1, 1});
        assertThat(selection.sequences())
                .extracting(TokenSequence::promptLength)
                .containsOnly(1);
    }

    @Test
    void itsNumbersAreMeansOfAllAndOfTheChosen() {
        Selection selection = Selection.of(GROUPS, new TopKOverall(3, false), new Seed(1));

        // Rewards (0.5+1+0.25+0+0.75+0.75)/6 and (1+0.75+0.75)/3, lengths (1+2)/2 and (2+1+2)/3, two of three prompts.
        assertThat(selection.metrics())
                .isEqualTo(Map.of(
                        "sampled_reward_mean", 3.25 / 6,
                        "selected_reward_mean", 2.5 / 3,
                        "sampled_length", 1.5,
                        "selected_length", 5.0 / 3,
                        "selected_prompts", 2.0 / 3));
    }

    private static ScoredGroup group(int prompt, double... rewards) {
        List<Completion> completions = IntStream.range(0, rewards.length)
                .mapToObj(i -> new Completion(
                        IntStream.rangeClosed(0, i).map(t -> i).toArray(),
                        new float[i + 1],
                        FinishReason.STOP,
                        new WeightVersion(1),
                        "text"))
                .toList();
        Prompt asked = new Prompt("p" + prompt, "p", new int[] {prompt}, Map.of());
        return new ScoredGroup(new RolloutGroup(asked, completions), rewards, Map.of());
    }
}
