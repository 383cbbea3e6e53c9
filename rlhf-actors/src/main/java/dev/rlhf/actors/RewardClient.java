package dev.rlhf.actors;

import dev.rlhf.core.reward.ScoredGroup;
import dev.rlhf.core.reward.Scorer;
import dev.rlhf.core.rollout.RolloutGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The reward actors as one scorer.
 *
 * <p>Groups are scored in chunks of a fixed size, whoever scores them: what stands together in a batch of a network can change
 * the last bits of its scores, so the number of actors must not decide it. A lost actor's chunks are scored again.
 */
public final class RewardClient implements Scorer {
    private static final int CHUNK = 32;

    private final byte[] settings;
    private final List<ActorHandle> actors;
    private final RepeatedCalls calls;

    /**
     * A client of started actors.
     *
     * @param settings what to score by
     * @param actors the reward actors, at least one
     * @param deadline longest wait for one call, restarts included
     */
    public RewardClient(RewardSettings settings, List<ActorHandle> actors, Duration deadline) {
        this.settings = Wire.write(settings);
        this.actors = List.copyOf(actors);
        this.calls = new RepeatedCalls(deadline);
    }

    @Override
    public List<ScoredGroup> score(List<RolloutGroup> groups) {
        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        for (int from = 0; from < groups.size(); from += CHUNK) {
            List<RolloutGroup> chunk = groups.subList(from, Math.min(groups.size(), from + CHUNK));
            ActorHandle actor = actors.get(answers.size() % actors.size());
            answers.add(calls.call(actor, RewardActor.SCORE, Wire.write(new RewardActor.Request(settings, chunk))));
        }
        List<RewardActor.Scores> scores = new ArrayList<>(groups.size());
        for (byte[] answer : ActorHandle.awaitAll(answers)) {
            scores.addAll(Wire.read(answer, RewardActor.Answer.class).scores());
        }
        return joined(groups, scores);
    }

    private static List<ScoredGroup> joined(List<RolloutGroup> groups, List<RewardActor.Scores> scores) {
        AnswerOrder.require(
                "scores",
                groups.stream().map(group -> group.prompt().id()).toList(),
                scores.stream().map(RewardActor.Scores::prompt).toList());
        List<ScoredGroup> scored = new ArrayList<>(groups.size());
        for (int g = 0; g < groups.size(); g++) {
            RewardActor.Scores found = scores.get(g);
            scored.add(new ScoredGroup(groups.get(g), found.rewards(), found.components()));
        }
        return scored;
    }
}
