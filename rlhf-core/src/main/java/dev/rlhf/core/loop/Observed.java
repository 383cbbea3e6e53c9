package dev.rlhf.core.loop;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.reward.ScoredGroup;
import dev.rlhf.core.rollout.Completion;
import java.util.Arrays;
import java.util.List;

/**
 * The completions of a step and what the networks say of them, row after row; of a network that was not asked, length 0.
 *
 * @param scored the groups
 * @param completions all of them, [B]
 * @param sequences prompt and response of each, [B]
 * @param drawn true on tokens that the policy drew, [B][T]
 * @param rollout log-probs from the server, [B][T]
 * @param old the learner's own log-probs, [B][T]
 * @param reference log-probs of the reference policy, [B][T]
 * @param values the critic's values, [B][T]
 */
record Observed(
        List<ScoredGroup> scored,
        List<Completion> completions,
        List<TokenSequence> sequences,
        boolean[][] drawn,
        float[][] rollout,
        float[][] old,
        float[][] reference,
        float[][] values) {

    /** Log-probs under the policy the samples came from: the learner's own words, else the server's. */
    float[][] sampled() {
        return old.length > 0 ? old : rollout;
    }

    /** Reward of each row, [B]. */
    double[] rewards() {
        return scored.stream()
                .flatMapToDouble(group -> Arrays.stream(group.rewards()))
                .toArray();
    }

    /** Index of the prompt each row answers, [B]. */
    int[] groups() {
        int[] groups = new int[sequences.size()];
        int row = 0;
        for (int group = 0; group < scored.size(); group++) {
            for (int i = 0; i < scored.get(group).rewards().length; i++) {
                groups[row++] = group;
            }
        }
        return groups;
    }
}
