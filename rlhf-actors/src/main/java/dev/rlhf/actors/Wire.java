package dev.rlhf.actors;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import com.fasterxml.jackson.dataformat.smile.databind.SmileMapper;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.update.Objective;
import java.io.IOException;

/**
 * Messages as bytes: records in Smile, Jackson's binary JSON.
 *
 * <p>Only bytes cross an actor's boundary, in process too, so that both runtimes take the same path.
 */
final class Wire {
    private static final byte[] NOTHING = {};

    /** Interfaces of the core travel with the name of their record; only our own classes are ever built. */
    private static final ObjectMapper SMILE = SmileMapper.builder()
            .polymorphicTypeValidator(BasicPolymorphicTypeValidator.builder()
                    .allowIfSubType("dev.rlhf.")
                    .build())
            .addMixIn(Objective.class, Named.class)
            .addMixIn(GenerationPlace.class, Named.class)
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .enable(
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private Wire() {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
    private interface Named {}

    /** A message without content. */
    static byte[] nothing() {
        return NOTHING.clone();
    }

    /** The bytes of a record. */
    static byte[] write(Object message) {
        try {
            return SMILE.writeValueAsBytes(message);
        } catch (IOException e) {
            throw RlhfException.bug("cannot write a " + message.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    /** The record in {@code bytes}. */
    static <T> T read(byte[] bytes, Class<T> type) {
        try {
            return SMILE.readValue(bytes, type);
        } catch (IOException e) {
            throw unreadable(type.getSimpleName(), e);
        }
    }

    private static RlhfException unreadable(String type, IOException e) {
        return RlhfException.bug("a message is no " + type + ": " + e.getMessage());
    }
}
