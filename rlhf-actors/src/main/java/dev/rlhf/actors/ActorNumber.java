package dev.rlhf.actors;

import java.util.List;

/**
 * A number that an actor tells of itself.
 *
 * @param name what it counts
 * @param of which of several it is about, e.g. the address of a generation server; empty for the actor itself
 * @param value how many
 */
public record ActorNumber(String name, String of, double value) {
    /** Prompts whose samples were drawn again. */
    public static final String REDRAWN_PROMPTS = "redrawn_prompts";

    /** Requests to a generation server that were sent again. */
    public static final String ENGINE_RETRIES = "engine_retries";

    /** Number of the weights that a generation server holds. */
    public static final String ENGINE_WEIGHT_VERSION = "engine_weight_version";

    /** Numbers as {@link ByteActor#numbers} gives them. */
    static byte[] bytes(List<ActorNumber> numbers) {
        return Wire.write(numbers.toArray(ActorNumber[]::new));
    }

    /** The numbers in such bytes. */
    static List<ActorNumber> read(byte[] bytes) {
        return bytes.length == 0 ? List.of() : List.of(Wire.read(bytes, ActorNumber[].class));
    }
}
