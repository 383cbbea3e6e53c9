package dev.rlhf.core.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What TRL and torch said, from the files under golden/. */
final class GoldenVectors {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Map<String, JsonNode> FILES = new ConcurrentHashMap<>();
    private static final String LOSSES = "losses.json";

    /** Share of a number by which a float32 may differ from the float64 it stands for. */
    private static final double RELATIVE = 1e-6;

    private static final double ABSOLUTE = 1e-7;

    private GoldenVectors() {}

    /** A whole file. */
    static JsonNode file(String name) {
        return FILES.computeIfAbsent(name, GoldenVectors::load);
    }

    private static JsonNode load(String name) {
        try (InputStream in = Objects.requireNonNull(GoldenVectors.class.getResourceAsStream("/golden/" + name))) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The entries of one list of losses.json. */
    static Stream<JsonNode> list(String key) {
        return list(LOSSES, key);
    }

    /** The entries of one list of a file. */
    static Stream<JsonNode> list(String file, String key) {
        JsonNode list = file(file).path(key);
        assertThat(list.size()).as("vectors under %s", key).isPositive();
        return StreamSupport.stream(list.spliterator(), false);
    }

    /** The batch of that name. */
    static GoldenBatch batch(String name) {
        return as(file(LOSSES).path("batches").path(name), GoldenBatch.class);
    }

    static <T> T as(JsonNode node, Class<T> type) {
        try {
            return JSON.treeToValue(node, type);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The record that a vector is about: the class named under {@code key} with the vector's settings. */
    static <T> T subject(JsonNode vector, String key, List<Class<? extends T>> classes) {
        String name = vector.path(key).asText();
        Class<? extends T> type = classes.stream()
                .filter(candidate -> candidate.getSimpleName().equals(name))
                .findAny()
                .orElseThrow(() -> new NoSuchElementException(name));
        return as(vector.path("settings"), type);
    }

    static void assertClose(String what, double found, double wanted) {
        assertThat(found).as(what).isCloseTo(wanted, within(RELATIVE * Math.abs(wanted) + ABSOLUTE));
    }

    static void assertClose(String what, float[][] found, float[][] wanted) {
        assertThat(found.length).as("rows of %s", what).isEqualTo(wanted.length);
        for (int i = 0; i < wanted.length; i++) {
            assertClose(what + " of row " + i, found[i], wanted[i]);
        }
    }

    static void assertClose(String what, float[] found, float[] wanted) {
        assertThat(found).as(what).hasSameSizeAs(wanted);
        for (int t = 0; t < wanted.length; t++) {
            assertClose(what + ", token " + t, found[t], wanted[t]);
        }
    }
}
