package dev.rlhf.actors;

/**
 * What a rollout actor needs.
 *
 * @param place its generation servers
 * @param deadlineSeconds longest wait for an answer of a server, in seconds
 */
public record RolloutSettings(GenerationPlace place, int deadlineSeconds) {
    /** These settings as the actor's constructor takes them. */
    public byte[] bytes() {
        return Wire.write(this);
    }
}
