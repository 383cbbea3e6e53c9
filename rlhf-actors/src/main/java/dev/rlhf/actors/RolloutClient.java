package dev.rlhf.actors;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.RolloutEngine;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.rollout.ServerNeeds;
import dev.rlhf.core.sync.WeightPublisher;
import dev.rlhf.core.sync.WeightSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The rollout actors as one engine.
 *
 * <p>Each actor draws for a run of neighbouring prompts; the seed of a prompt is that of its place in the step, so that the
 * number of actors changes nothing. A lost actor's share is asked for again.
 */
public final class RolloutClient implements RolloutEngine, WeightPublisher {
    private static final long INNER_PER_CENT = 80;

    private final List<ActorHandle> actors;
    private final RepeatedCalls calls;
    private Optional<WeightSnapshot> weights = Optional.empty();

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

    /**
     * Returns when every actor has reached its generation servers and they have shown that they can do what is needed.
     *
     * @throws RlhfException RESOURCE naming the server and what is wrong with it; USER for what no server can do
     */
    public void reach(ServerNeeds needs) {
        ask(RolloutActor.REACH, left -> Wire.write(new RolloutActor.Reach(needs, inner(left))));
    }

    @Override
    public double publish(WeightSnapshot published) {
        weights = Optional.of(published);
        return ask(RolloutActor.PUBLISH, left -> Wire.write(new RolloutActor.Publish(published, inner(left)))).stream()
                .mapToDouble(answer -> Wire.read(answer, Double.class))
                .max()
                .orElse(0);
    }

    private List<byte[]> ask(String method, Function<Duration, byte[]> message) {
        return ActorHandle.awaitAll(
                actors.stream().map(actor -> calls.call(actor, method, message)).toList());
    }

    /** An actor stops waiting for its servers before its caller stops waiting for it: only the actor knows their names. */
    private static long inner(Duration left) {
        return Math.max(1, left.toMillis() * INNER_PER_CENT / 100);
    }

    @Override
    public List<RolloutGroup> generate(List<Prompt> prompts, SamplingParams sampling, Seed seed) {
        WeightSnapshot wanted =
                weights.orElseThrow(() -> RlhfException.bug("samples were asked for before weights were published"));
        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        for (int actor = 0; actor < actors.size(); actor++) {
            int from = (int) ((long) prompts.size() * actor / actors.size());
            int to = (int) ((long) prompts.size() * (actor + 1) / actors.size());
            if (from < to) {
                List<Prompt> share = prompts.subList(from, to);
                answers.add(calls.call(
                        actors.get(actor),
                        RolloutActor.GENERATE,
                        left -> Wire.write(
                                new RolloutActor.Request(share, from, sampling, seed, wanted, inner(left)))));
            }
        }
        List<RolloutActor.Samples> samples = new ArrayList<>(prompts.size());
        for (byte[] answer : ActorHandle.awaitAll(answers)) {
            samples.addAll(Wire.read(answer, RolloutActor.Answer.class).samples());
        }
        return joined(prompts, samples);
    }

    private static List<RolloutGroup> joined(List<Prompt> prompts, List<RolloutActor.Samples> samples) {
        AnswerOrder.require(
                "samples",
                prompts.stream().map(Prompt::id).toList(),
                samples.stream().map(RolloutActor.Samples::prompt).toList());
        List<RolloutGroup> groups = new ArrayList<>(prompts.size());
        for (int g = 0; g < prompts.size(); g++) {
            groups.add(new RolloutGroup(prompts.get(g), samples.get(g).completions()));
        }
        return groups;
    }
}
