package dev.rlhf.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPInputStream;

/** The schemas of the kinds that KubeRay and the Prometheus operator define, as their own projects publish them. */
public final class CustomResources {
    private static final Map<String, String> FILES = Map.of(
            "RayCluster", "ray.io_rayclusters",
            "RayJob", "ray.io_rayjobs",
            "PodMonitor", "monitoring.coreos.com_podmonitors",
            "PrometheusRule", "monitoring.coreos.com_prometheusrules");

    private static final Map<String, Schema> SCHEMAS = new ConcurrentHashMap<>();
    private static final ObjectMapper JSON = new ObjectMapper();

    private CustomResources() {}

    /** Whether an object is of one of these kinds. */
    static boolean has(JsonNode object) {
        return FILES.containsKey(object.path("kind").asText());
    }

    /** What its schema says against an object, fields that it does not know among it: an API server would drop them without a word. */
    public static List<String> complaints(JsonNode object) {
        String kind = object.path("kind").asText();
        return SCHEMAS
                .computeIfAbsent(kind, CustomResources::load)
                .validate(object.toString(), InputFormat.JSON)
                .stream()
                .map(Error::toString)
                .toList();
    }

    private static Schema load(String kind) {
        String file = FILES.get(kind) + ".yaml.gz";
        try (InputStream packed =
                        Objects.requireNonNull(CustomResources.class.getResourceAsStream("crds/" + file), file);
                InputStream text = new GZIPInputStream(packed)) {
            JsonNode definition = Manifests.read(new String(text.readAllBytes(), StandardCharsets.UTF_8))
                    .objects()
                    .get(0);
            for (JsonNode version : definition.path("spec").path("versions")) {
                if (version.path("name").asText().equals("v1")) {
                    JsonNode schema = version.path("schema").path("openAPIV3Schema");
                    close(schema);
                    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                            .getSchema(JSON.writeValueAsString(schema));
                }
            }
            throw new AssertionError(file + " has no version v1");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes no field that a schema does not name, unless it says that others may be there. */
    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object
                && object.path("properties").isObject()
                && !object.has("additionalProperties")
                && !object.path("x-kubernetes-preserve-unknown-fields").asBoolean()) {
            object.put("additionalProperties", false);
        }
        if (schema instanceof ObjectNode object) {
            object.properties().removeIf(field -> field.getKey().startsWith("x-kubernetes-"));
        }
        schema.forEach(CustomResources::close);
    }
}
