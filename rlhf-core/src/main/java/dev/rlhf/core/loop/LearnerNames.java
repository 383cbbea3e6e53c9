package dev.rlhf.core.loop;

/** Names of the networks of a stage, in the learner actor and in a checkpoint. */
public final class LearnerNames {
    /** The network that learns: the policy, or the reward model in its own stage. */
    public static final String POLICY = "policy";

    /** The critic. */
    public static final String CRITIC = "critic";

    /** The frozen reference policy. */
    public static final String REFERENCE = "reference";

    /** A policy that is opened only to be given to the generation servers. */
    public static final String PUBLISHED = "published";

    private LearnerNames() {}
}
