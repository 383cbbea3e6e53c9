package dev.rlhf.actors;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.RolloutEngine;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.sync.WeightPublisher;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The rollout actors as one engine.
 *
 * <p>Each actor draws for a run of neighbouring prompts; the seed of a prompt is that of its place in the step, so that the
 * number of actors changes nothing. A lost actor's share is asked for again.
 */
public final class RolloutClient implements RolloutEngine, WeightPublisher {
    private final List<ActorHandle> actors;
    private final RepeatedCalls calls;
    private Optional<PublishedWeights> weights = Optional.empty();

    /**
     * A client of started actors.
     *
     * @param actors the rollout actors, at least one
     * @param deadline longest wait for one call, restarts included
     */
    public RolloutClient(List<ActorHandle> actors, Duration deadline) {
        this.actors = List.copyOf(actors);
        this.calls = new RepeatedCalls(deadline);
    }

    /** Returns when every actor has reached its generation servers; throws RESOURCE naming the server that is not healthy in time. */
    public void reach() {
        ActorHandle.awaitAll(actors.stream()
                .map(actor -> calls.call(actor, RolloutActor.REACH, Wire.nothing()))
                .toList());
    }

    @Override
    public void publish(Path modelDirectory, WeightVersion version) {
        PublishedWeights published =
                new PublishedWeights(modelDirectory.toAbsolutePath().toString(), version);
        weights = Optional.of(published);
        byte[] message = Wire.write(published);
        ActorHandle.awaitAll(actors.stream()
                .map(actor -> calls.call(actor, RolloutActor.PUBLISH, message))
                .toList());
    }

    @Override
    public List<RolloutGroup> generate(List<Prompt> prompts, SamplingParams sampling, Seed seed) {
        PublishedWeights wanted =
                weights.orElseThrow(() -> RlhfException.bug("samples were asked for before weights were published"));
        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        for (int actor = 0; actor < actors.size(); actor++) {
            int from = (int) ((long) prompts.size() * actor / actors.size());
            int to = (int) ((long) prompts.size() * (actor + 1) / actors.size());
            if (from < to) {
                RolloutActor.Request request =
                        new RolloutActor.Request(prompts.subList(from, to), from, sampling, seed, wanted);
                answers.add(calls.call(actors.get(actor), RolloutActor.GENERATE, Wire.write(request)));
            }
        }
        List<RolloutGroup> groups = new ArrayList<>(prompts.size());
        for (byte[] answer : ActorHandle.awaitAll(answers)) {
            groups.addAll(Wire.read(answer, RolloutActor.Answer.class).groups());
        }
        groups.forEach(group -> requireVersion(group, wanted.version()));
        return groups;
    }

    private static void requireVersion(RolloutGroup group, WeightVersion version) {
        for (Completion completion : group.completions()) {
            if (!completion.version().equals(version)) {
                throw RlhfException.bug("prompt " + group.prompt().id() + " was answered by weights "
                        + completion.version().text() + " instead of " + version.text());
            }
        }
    }
}
