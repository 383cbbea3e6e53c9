package dev.rlhf.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/**
 * Kubernetes objects.
 *
 * @param objects each as JSON, in the order in which they stand
 */
record Manifests(List<JsonNode> objects) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_CHARACTERS = 10_000_000;

    /** The documents of a YAML text, the empty ones left out. */
    static Manifests read(String yaml) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(MOST_CHARACTERS);
        List<JsonNode> objects = new ArrayList<>();
        for (Object document : new Yaml(options).loadAll(yaml)) {
            if (document != null) {
                objects.add(JSON.valueToTree(document));
            }
        }
        return new Manifests(List.copyOf(objects));
    }

    /** Those of a kind. */
    List<JsonNode> of(String kind) {
        return objects.stream()
                .filter(one -> one.path("kind").asText().equals(kind))
                .toList();
    }

    /** The one of a kind with this name. */
    JsonNode one(String kind, String name) {
        List<JsonNode> found =
                of(kind).stream().filter(one -> name(one).equals(name)).toList();
        if (found.size() != 1) {
            throw new AssertionError("there are " + found.size() + " of " + kind + " " + name + " among " + names());
        }
        return found.get(0);
    }

    /** Kind and name of each. */
    List<String> names() {
        return objects.stream()
                .map(one -> one.path("kind").asText() + " " + name(one))
                .toList();
    }

    /** Every template of pods, wherever it stands: what has containers. */
    List<Pod> pods() {
        List<Pod> pods = new ArrayList<>();
        for (JsonNode object : objects) {
            walk(object, node -> {
                if (node.path("spec").path("containers").isArray()) {
                    pods.add(new Pod(name(object), node));
                }
            });
        }
        return pods;
    }

    /** The pods of one part of the chart, e.g. {@code learner}. */
    Pod pod(String component) {
        return pods().stream()
                .filter(pod -> pod.component().equals(component))
                .reduce((first, second) -> {
                    throw new AssertionError("several templates of " + component);
                })
                .orElseThrow(() -> new AssertionError("no pod of " + component + " among " + names()));
    }

    static String name(JsonNode object) {
        return object.path("metadata").path("name").asText();
    }

    private static void walk(JsonNode node, Consumer<JsonNode> visitor) {
        visitor.accept(node);
        node.forEach(child -> walk(child, visitor));
    }

    /**
     * A template of pods.
     *
     * @param owner name of the object it stands in
     * @param template metadata and spec
     */
    record Pod(String owner, JsonNode template) {
        JsonNode spec() {
            return template.path("spec");
        }

        JsonNode labels() {
            return template.path("metadata").path("labels");
        }

        String component() {
            return labels().path("app.kubernetes.io/component").asText();
        }

        /** Those that prepare included. */
        List<JsonNode> containers() {
            List<JsonNode> all = new ArrayList<>();
            spec().path("initContainers").forEach(all::add);
            spec().path("containers").forEach(all::add);
            return all;
        }

        JsonNode container(String name) {
            return containers().stream()
                    .filter(one -> one.path("name").asText().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(component() + " has no container " + name));
        }

        /** The value of an environment variable of a container, an object where it comes from elsewhere. */
        JsonNode environment(String container, String variable) {
            for (JsonNode one : container(container).path("env")) {
                if (one.path("name").asText().equals(variable)) {
                    return Objects.requireNonNullElse(one.get("value"), one.path("valueFrom"));
                }
            }
            throw new AssertionError(container + " has no variable " + variable);
        }
    }
}
