package dev.rlhf.actors;

/**
 * A kind of actor.
 *
 * @param name role in settings and messages, e.g. {@code learner}
 * @param type class with a public constructor that takes the settings as {@code byte[]}
 */
public record ActorRole(String name, Class<? extends ByteActor> type) {}
