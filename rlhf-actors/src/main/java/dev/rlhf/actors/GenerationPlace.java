package dev.rlhf.actors;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.rollout.GenerationHost;
import dev.rlhf.core.rollout.GenerationSettings;
import dev.rlhf.core.rollout.ServerAccess;
import dev.rlhf.rollout.VllmFleet;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The generation servers of a rollout actor. */
public sealed interface GenerationPlace {
    /** Starts or reaches them; throws RESOURCE when they are not healthy in time. */
    Servers open(RolloutSettings settings);

    /**
     * Servers that answer.
     *
     * @param fleet how they are asked
     * @param owned closes what was started for them
     */
    record Servers(VllmFleet fleet, Runnable owned) implements AutoCloseable {
        @Override
        public void close() {
            fleet.close();
            owned.run();
        }
    }

    /**
     * A server of the actor's own.
     *
     * @param modelDirectory model it starts with
     * @param maxBatch most sequences decoded together
     * @param threads intra-op threads
     * @param contextLength most tokens of prompt and response together; null for what the model can
     */
    record Embedded(
            String modelDirectory,
            int maxBatch,
            int threads,
            @Nullable Integer contextLength) implements GenerationPlace {
        private static final String MODEL_NAME = "policy";

        /** A server nobody can reach would live on without an owner. */
        @Override
        public Servers open(RolloutSettings settings) {
            // Other users of the machine reach its loopback too, and a server's routes replace weights.
            ServerAccess access = ServerAccess.ownKey();
            GenerationHost.Running own = GenerationHost.find()
                    .start(
                            new GenerationSettings(
                                    Path.of(modelDirectory),
                                    "127.0.0.1",
                                    0,
                                    MODEL_NAME,
                                    maxBatch,
                                    threads,
                                    contextLength),
                            access);
            try {
                return new Servers(settings.fleet(List.of(own.endpoint()), MODEL_NAME, access.key()), own::close);
            } catch (RlhfException unhealthy) {
                own.close();
                throw unhealthy;
            }
        }
    }

    /**
     * Servers that somebody else started; no other actor may publish weights to them.
     *
     * @param endpoints their addresses
     * @param modelName name they give the policy
     */
    record Remote(List<URI> endpoints, String modelName) implements GenerationPlace {
        /** Keeps its own copy of {@code endpoints}. */
        public Remote {
            endpoints = List.copyOf(endpoints);
        }

        @Override
        public Servers open(RolloutSettings settings) {
            return new Servers(settings.fleet(endpoints, modelName, Optional.ofNullable(settings.apiKey())), () -> {});
        }
    }
}
