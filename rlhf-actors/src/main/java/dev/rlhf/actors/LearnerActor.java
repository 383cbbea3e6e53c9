package dev.rlhf.actors;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.update.Learner;
import dev.rlhf.core.update.Network;
import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.learner.DjlLearner;
import dev.rlhf.learner.DjlNetwork;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Holds the networks of a stage by name: the policy that learns, its critic, the frozen reference. */
public final class LearnerActor implements ByteActor {
    /** The role by which runtimes start it. */
    public static final ActorRole ROLE = new ActorRole("learner", LearnerActor.class);

    static final String OPEN = "open";
    static final String CLOSE = "close";
    static final String EVALUATE = "evaluate";
    static final String UPDATE = "update";
    static final String SAVE = "save";
    static final String SAVE_STATE = "save-state";
    static final String LOAD_STATE = "load-state";

    private final Map<String, DjlNetwork> networks = new TreeMap<>();
    private final Map<String, DjlLearner> learners = new TreeMap<>();

    /** An actor without networks; it needs no settings. */
    public LearnerActor(byte[] settings) {
        if (settings.length > 0) {
            throw RlhfException.bug("a learner actor takes no settings, got " + settings.length + " bytes");
        }
    }

    @Override
    public byte[] call(String method, byte[] message) {
        return switch (method) {
            case OPEN -> open(Wire.read(message, LearnerMessage.Open.class));
            case CLOSE -> free(Wire.read(message, LearnerMessage.Close.class).network());
            case EVALUATE -> evaluate(Wire.read(message, LearnerMessage.Evaluate.class));
            case UPDATE -> update(Wire.read(message, LearnerMessage.Update.class));
            case SAVE, SAVE_STATE, LOAD_STATE -> files(method, Wire.read(message, LearnerMessage.Files.class));
            default -> throw RlhfException.bug("a learner actor has no method " + method);
        };
    }

    @Override
    public void close() {
        networks.values().forEach(DjlNetwork::close);
        learners.values().forEach(DjlLearner::close);
    }

    private byte[] open(LearnerMessage.Open message) {
        free(message.network());
        OptimiserSettings optimiser = message.optimiser();
        if (optimiser == null) {
            networks.put(message.network(), DjlNetwork.open(message.settings()));
        } else {
            learners.put(message.network(), DjlLearner.open(message.settings(), optimiser, message.totalSteps()));
        }
        return Wire.nothing();
    }

    private byte[] free(String name) {
        DjlNetwork network = networks.remove(name);
        if (network != null) {
            network.close();
        }
        DjlLearner learner = learners.remove(name);
        if (learner != null) {
            learner.close();
        }
        return Wire.nothing();
    }

    private byte[] evaluate(LearnerMessage.Evaluate message) {
        return Wire.write(network(message).evaluate(message.rows(), message.temperature(), message.wanted()));
    }

    private Network network(LearnerMessage message) {
        Network network = networks.get(message.network());
        return network == null ? learner(message) : network;
    }

    private byte[] update(LearnerMessage.Update message) {
        return Wire.write(learner(message).update(message.batch(), message.objective()));
    }

    private byte[] files(String method, LearnerMessage.Files message) {
        Path directory = Path.of(message.directory());
        switch (method) {
            case SAVE -> network(message).save(directory);
            case SAVE_STATE -> learner(message).saveState(directory);
            case LOAD_STATE -> learner(message).loadState(directory);
            default -> throw RlhfException.bug("a learner actor has no files to " + method);
        }
        return Wire.nothing();
    }

    /** The network's learner; it is missing after a restart, which the driver must then hear of. */
    private Learner learner(LearnerMessage message) {
        DjlLearner learner = learners.get(message.network());
        if (learner == null) {
            throw ActorLost.failure(
                    "learner", "it was restarted and holds no network '" + message.network() + "' any more", null);
        }
        return learner;
    }
}
