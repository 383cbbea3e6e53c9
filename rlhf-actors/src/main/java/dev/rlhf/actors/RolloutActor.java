package dev.rlhf.actors;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.learner.serve.GenerationServer;
import dev.rlhf.learner.serve.GenerationSettings;
import dev.rlhf.rollout.VllmFleet;
import dev.rlhf.rollout.VllmRolloutEngine;
import dev.rlhf.rollout.VllmWeightPublisher;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

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
    private static final String MODEL_NAME = "policy";

    private final Optional<GenerationServer> server;
    private final VllmFleet fleet;
    private final VllmRolloutEngine engine;
    private final VllmWeightPublisher publisher;

    /**
     * The samples of one step that this actor draws.
     *
     * @param prompts its share of the prompts
     * @param firstPrompt index within the step of the first of them
     * @param sampling how to draw
     * @param seed seed of the step
     * @param weights weights to draw from
     */
    record Request(
            List<Prompt> prompts, int firstPrompt, SamplingParams sampling, Seed seed, PublishedWeights weights) {}

    /**
     * The answer to a request.
     *
     * @param groups one a prompt
     */
    record Answer(List<RolloutGroup> groups) {}

    /** Starts or reaches the generation servers of {@code settings}, a {@link RolloutSettings}. */
    public RolloutActor(byte[] settings) {
        RolloutSettings read = Wire.read(settings, RolloutSettings.class);
        Duration deadline = Duration.ofSeconds(read.deadlineSeconds());
        if (read.place() instanceof GenerationPlace.Remote remote) {
            server = Optional.empty();
            fleet = new VllmFleet(remote.endpoints(), remote.modelName(), deadline);
        } else {
            GenerationServer own = start((GenerationPlace.Embedded) read.place());
            server = Optional.of(own);
            fleet = connect(own, deadline);
        }
        engine = new VllmRolloutEngine(fleet);
        publisher = new VllmWeightPublisher(fleet);
    }

    @Override
    public byte[] call(String method, byte[] message) {
        switch (method) {
            case GENERATE -> {
                return Wire.write(generate(Wire.read(message, Request.class)));
            }
            case PUBLISH -> {
                PublishedWeights weights = Wire.read(message, PublishedWeights.class);
                publisher.publish(weights.directory(), weights.version());
                return Wire.nothing();
            }
            case REACH -> {
                // The constructor has waited until every server was healthy.
                return Wire.nothing();
            }
            default -> throw RlhfException.bug("a rollout actor has no method " + method);
        }
    }

    @Override
    public void close() {
        fleet.close();
        server.ifPresent(GenerationServer::close);
    }

    private Answer generate(Request request) {
        PublishedWeights weights = request.weights();
        if (!fleet.serves(weights.version())) {
            publisher.publish(weights.directory(), weights.version());
        }
        return new Answer(
                engine.generate(request.prompts(), request.sampling(), request.seed(), request.firstPrompt()));
    }

    /** A server nobody can reach would live on without an owner. */
    private static VllmFleet connect(GenerationServer own, Duration deadline) {
        try {
            return new VllmFleet(List.of(own.endpoint()), MODEL_NAME, deadline);
        } catch (RlhfException unhealthy) {
            own.close();
            throw unhealthy;
        }
    }

    private static GenerationServer start(GenerationPlace.Embedded embedded) {
        return GenerationServer.start(new GenerationSettings(
                Path.of(embedded.modelDirectory()),
                "127.0.0.1",
                0,
                MODEL_NAME,
                embedded.maxBatch(),
                embedded.threads(),
                embedded.contextLength()));
    }
}
