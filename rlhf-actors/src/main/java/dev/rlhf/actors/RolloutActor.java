package dev.rlhf.actors;

import dev.rlhf.core.base.Deadline;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.rollout.ServerNeeds;
import dev.rlhf.core.sync.WeightSnapshot;
import dev.rlhf.rollout.ServerState;
import dev.rlhf.rollout.VllmRolloutEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Draws samples over HTTP from its generation servers.
 *
 * <p>Every request names the weights it wants. Servers that have others, because the actor or a server was restarted, are given
 * them first, so that no sample ever comes from stale weights.
 */
public final class RolloutActor implements ByteActor {
    /** The role by which runtimes start it. */
    public static final ActorRole ROLE = new ActorRole("rollout", RolloutActor.class);

    static final String GENERATE = "generate";
    static final String PUBLISH = "publish";
    static final String REACH = "reach";

    private final GenerationPlace.Servers servers;
    private final VllmRolloutEngine engine;

    /**
     * The samples of one step that this actor draws.
     *
     * @param prompts its share of the prompts
     * @param firstPrompt index within the step of the first of them
     * @param sampling how to draw
     * @param seed seed of the step
     * @param weights weights to draw from
     * @param millis time it has
     */
    record Request(
            List<Prompt> prompts,
            int firstPrompt,
            SamplingParams sampling,
            Seed seed,
            WeightSnapshot weights,
            long millis) {}

    /**
     * Weights to bring to its servers.
     *
     * @param weights the weights
     * @param millis time it has
     */
    record Publish(WeightSnapshot weights, long millis) {}

    /**
     * What its servers will have to do.
     *
     * @param needs what they will be asked
     * @param millis time it has
     */
    record Reach(ServerNeeds needs, long millis) {}

    /**
     * The answer to a request.
     *
     * @param samples one a prompt, in the order of the request
     */
    record Answer(List<Samples> samples) {}

    /**
     * The samples of a prompt, without the prompt, which the asker has.
     *
     * @param prompt its id
     * @param completions its samples, [n]
     */
    record Samples(String prompt, List<Completion> completions) {
        static Samples of(RolloutGroup group) {
            return new Samples(group.prompt().id(), group.completions());
        }
    }

    /** Starts or reaches the generation servers of {@code settings}, a {@link RolloutSettings}. */
    public RolloutActor(byte[] settings) {
        RolloutSettings read = Wire.read(settings, RolloutSettings.class);
        servers = read.place().open(read);
        engine = new VllmRolloutEngine(servers.fleet());
    }

    @Override
    public byte[] call(String method, byte[] message) {
        return switch (method) {
            case GENERATE -> Wire.write(generate(Wire.read(message, Request.class)));
            case PUBLISH -> Wire.write(publish(Wire.read(message, Publish.class)));
            case REACH -> reach(Wire.read(message, Reach.class));
            default -> throw RlhfException.bug("a rollout actor has no method " + method);
        };
    }

    @Override
    public byte[] numbers() {
        List<ActorNumber> numbers = new ArrayList<>();
        numbers.add(new ActorNumber(ActorNumber.REDRAWN_PROMPTS, "", engine.redrawn()));
        for (ServerState server : servers.fleet().states()) {
            numbers.add(new ActorNumber(ActorNumber.ENGINE_RETRIES, server.address(), server.retries()));
            numbers.add(new ActorNumber(ActorNumber.ENGINE_WEIGHT_VERSION, server.address(), server.version()));
        }
        return ActorNumber.bytes(numbers);
    }

    @Override
    public void close() {
        servers.close();
    }

    private Answer generate(Request request) {
        List<RolloutGroup> groups = engine.generate(
                new VllmRolloutEngine.Share(request.prompts(), request.firstPrompt()),
                request.sampling(),
                request.seed(),
                request.weights(),
                within(request.millis()));
        return new Answer(groups.stream().map(Samples::of).toList());
    }

    private double publish(Publish message) {
        return servers.fleet().publish(message.weights(), within(message.millis()));
    }

    private byte[] reach(Reach message) {
        servers.fleet().require(message.needs(), within(message.millis()));
        return Wire.nothing();
    }

    private static Deadline within(long millis) {
        return Deadline.in(Duration.ofMillis(millis));
    }
}
