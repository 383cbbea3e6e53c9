package dev.rlhf.rollout;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Changeable;
import dev.rlhf.core.base.Range;
import dev.rlhf.core.reward.RewardContext;
import dev.rlhf.core.reward.RewardFunction;
import dev.rlhf.core.reward.RewardKind;
import dev.rlhf.core.reward.RewardRecipe;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The scores of a service, asked over HTTP in the contract of {@code docs/rewards.md}.
 *
 * @param name name under which its scores are recorded; its kind where none is given
 * @param weight factor of its scores in the sum of all rewards
 * @param url where batches are posted, e.g. {@code http://judge:9000/score}
 * @param batchSize most completions of a request
 * @param concurrency most requests on their way at once, from each reward actor
 * @param deadlineSeconds longest wait for the scores of one call of a reward actor, repetitions included, in seconds
 * @param tokenIds whether the token ids of the responses are sent
 * @param keyVariable environment variable of the driver that holds the key the service asks for, sent as a bearer token, or, with _FILE
 *     after it, names a file with the key; null for none
 */
@Block(value = "reward", kinds = "http")
public record HttpReward(
        @Nullable String name,
        double weight,
        @Changeable URI url,
        @Range(min = 1) int batchSize,
        @Changeable @Range(min = 1) int concurrency,
        @Changeable @Range(min = 1) int deadlineSeconds,
        boolean tokenIds,
        @Changeable @Nullable String keyVariable)
        implements RewardRecipe {
    /** Makes the kind known. */
    public static final class Kind implements RewardKind {
        @Override
        public Class<HttpReward> recipe() {
            return HttpReward.class;
        }
    }

    @Override
    public String words() {
        return "score of " + url;
    }

    @Override
    public Optional<String> secretVariable() {
        return Optional.ofNullable(keyVariable);
    }

    @Override
    public RewardFunction open(RewardContext context) {
        return new HttpScores(this, context.secret());
    }
}
