package dev.rlhf.rollout;

import dev.rlhf.core.base.Deadline;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.reward.RewardContext;
import dev.rlhf.core.reward.RewardFunction;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.FinishReason;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.rollout.ServerNeeds;
import dev.rlhf.testing.UntrustedServerContract;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A server whose certificate is not trusted is refused at once, in one sentence, before anything was sent. */
class UntrustedServerTest extends UntrustedServerContract {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final RolloutGroup GROUP = new RolloutGroup(
            new Prompt("words.txt:1", "a>", new int[] {3, 8}, Map.of("answer", "a")),
            List.of(new Completion(new int[] {7}, new float[1], FinishReason.STOP, new WeightVersion(1), "a")));

    @Test
    void aGenerationServerIsRefused() {
        ServerSettings settings =
                new ServerSettings(List.of(server.address()), "policy", Optional.of("key"), List.of(), LONG);
        assertRefused("generation server", "trustStore", () -> {
            try (VllmFleet fleet = new VllmFleet(settings)) {
                fleet.require(ServerNeeds.NONE, Deadline.in(LONG));
            }
        });
    }

    @Test
    void aRewardServiceIsRefused() {
        HttpReward reward = new HttpReward(null, 1, server.address(), 4, 1, 600, false, null);
        assertRefused("reward service", "trustStore", () -> {
            try (RewardFunction opened = reward.open(new RewardContext(9, Optional.empty(), Optional.of("key")))) {
                opened.score(List.of(GROUP));
            }
        });
    }
}
