package dev.rlhf.rollout;

import dev.rlhf.core.base.Deadline;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.sync.Canary;
import dev.rlhf.core.sync.WeightSnapshot;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * One generation server and the weights it was given.
 *
 * <p>Weights are given in one unit that starts over: pause → reload → forget caches → label → still paused? → resume → canary →
 * still labelled? A process that was started anew in between is not paused, or has lost the label, which no other publication
 * shares. So whatever answers under that label is the process that has shown the learner's log-probs.
 */
final class Endpoint {
    /** A server that is found started anew so often in one publication is not worth waiting for. */
    private static final int MOST_RESTARTS = 3;

    private static final long UNKNOWN = -1;

    private final VllmClient client;
    private volatile Optional<Held> held = Optional.empty();

    Endpoint(VllmClient client) {
        this.client = client;
    }

    /**
     * Weights that a process holds.
     *
     * @param version their version
     * @param label what the process calls them, unique to this publication
     */
    record Held(WeightVersion version, String label) {}

    VllmClient client() {
        return client;
    }

    /** What is known of it. */
    ServerState state() {
        return new ServerState(
                client.address(),
                client.retries(),
                held.map(weights -> weights.version().number()).orElse(UNKNOWN));
    }

    /** Whether the process that was given {@code version} is there and has it still. */
    boolean holds(WeightVersion version, Deadline deadline) {
        Optional<Held> known = held.filter(weights -> weights.version().equals(version));
        return known.isPresent()
                && client.repetition("GET /weight_info", deadline)
                        .of(() -> client.label(deadline))
                        .equals(known.get().label());
    }

    /** Gives the server weights, also where it holds them, and returns how far its log-probs are from the canary's, in nats. */
    double publish(WeightSnapshot weights, Deadline deadline) {
        held = Optional.empty();
        int[] restarts = {0};
        return client.repetition("giving it weights " + weights.version().text(), deadline)
                .of(() -> {
                    try {
                        return unit(weights, deadline);
                    } catch (RlhfException failure) {
                        if (Restarted.caused(failure) && ++restarts[0] >= MOST_RESTARTS) {
                            throw RlhfException.resource(
                                    failure.getMessage() + " (" + MOST_RESTARTS + " times)", failure);
                        }
                        throw failure;
                    }
                });
    }

    private double unit(WeightSnapshot weights, Deadline deadline) {
        String label = label(weights.version());
        try {
            client.pause(deadline);
            client.reloadWeights(weights.modelDirectory(), deadline);
            client.resetPrefixCache(deadline);
            client.label(label, deadline);
            if (!client.isPaused(deadline)) {
                throw Restarted.failure(client + " was started anew while it was given weights "
                        + weights.version().text());
            }
        } catch (RlhfException failure) {
            resumeAfter(failure, deadline);
            throw told(failure, weights);
        }
        client.resume(deadline);
        Canary canary = weights.canary();
        float[] said = canary == null ? new float[0] : client.logProbs(canary.tokens(), deadline);
        requireLabel(label, deadline);
        double gap = canary == null ? 0 : requireEqual(canary, said, weights.version());
        held = Optional.of(new Held(weights.version(), label));
        return gap;
    }

    /** A server must never stay paused for ever; where it cannot be resumed either, the first failure is the one to tell. */
    private void resumeAfter(RlhfException failure, Deadline deadline) {
        try {
            client.resume(deadline);
        } catch (RlhfException alsoFailed) {
            failure.addSuppressed(alsoFailed);
        }
    }

    private void requireLabel(String label, Deadline deadline) {
        String found = client.label(deadline);
        if (!found.equals(label)) {
            throw Restarted.failure(
                    client + " was given weights labelled " + label + " and says it has '" + found + "'");
        }
    }

    private double requireEqual(Canary canary, float[] said, WeightVersion version) {
        double gap = canary.gap(said);
        if (!(gap <= canary.tolerance())) {
            throw RlhfException.resource(
                    String.format(
                            Locale.ROOT,
                            "%s confirmed weights %s, but its log-probs of a known sequence differ from the learner's by %.2g"
                                    + " nats (allowed: %.2g): it does not compute with these weights. It may have been started"
                                    + " with another model (start it on the run's own), or keep a copy of some weights (start it"
                                    + " on ./rlhf export MODEL_DIR --untie --to DIR), or compute in fewer bits (raise"
                                    + " generation.largest-gap)",
                            client,
                            version.text(),
                            gap,
                            canary.tolerance()),
                    null);
        }
        return gap;
    }

    /** A refused reload is as a rule a folder that the server does not see. */
    private static RlhfException told(RlhfException failure, WeightSnapshot weights) {
        return failure.kind() == ErrorKind.USER || ServerFault.status(failure) >= 500
                ? new RlhfException(
                        failure.kind() == ErrorKind.USER ? ErrorKind.RESOURCE : failure.kind(),
                        failure.getMessage() + "; it was to load " + weights.modelDirectory()
                                + ", which the server must see under the same path",
                        failure.getCause())
                : failure;
    }

    private static String label(WeightVersion version) {
        return version.text() + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    @Override
    public String toString() {
        return client.toString();
    }
}
