package dev.rlhf.driver.config;

import dev.rlhf.actors.GenerationPlace;
import dev.rlhf.core.base.OfKind;
import dev.rlhf.core.base.RlhfException;
import java.nio.file.Path;
import java.util.Optional;

/** The servers that draw samples; a kind of them is a record whose components are the keys of its block. */
public interface GenerationKind extends OfKind {
    /** Largest difference between what server and learner say of one token before a run stops, in nats. */
    double largestGap();

    /**
     * The servers of one of {@code actors} rollout actors.
     *
     * @param base model that servers of our own start with
     * @throws RlhfException USER when there are too few of them
     */
    GenerationPlace place(Path base, int actor, int actors);

    /** How many there are for so many rollout actors. */
    int servers(int actors);

    /** Whether they are our own, which compute what the learner computes on the weights that it has. */
    boolean ours();

    /** What is said while servers of others are waited for and rehearsed with, before anything trains; empty for our own. */
    Optional<String> waiting();

    /** Why this processor may not give the bits that others give, where servers run beside the driver; empty where it does. */
    Optional<String> doubt();

    /** Name of the environment variable that holds the key they ask for, if they ask for one; a recipe holds no secrets. */
    default Optional<String> keyVariable() {
        return Optional.empty();
    }

    /** What a report calls them. */
    String words();
}
