package dev.rlhf.driver.submit;

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
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The schema of a RayJob, as KubeRay publishes it. */
final class RayJobSchema {
    private static final String FILE = "/dev/rlhf/deployment/crds/ray.io_rayjobs.yaml.gz";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Schema SCHEMA = load();

    private RayJobSchema() {}

    /** What it says against an object, fields that it does not know among it: an API server would drop them without a word. */
    static List<String> complaints(JsonNode object) {
        return SCHEMA.validate(object.toString(), InputFormat.JSON).stream()
                .map(Error::toString)
                .toList();
    }

    private static Schema load() {
        try (InputStream packed = Objects.requireNonNull(RayJobSchema.class.getResourceAsStream(FILE), FILE);
                InputStream text = new GZIPInputStream(packed)) {
            LoaderOptions options = new LoaderOptions();
            JsonNode definition = JSON.valueToTree(new Yaml(new SafeConstructor(options)).load(text));
            for (JsonNode version : definition.path("spec").path("versions")) {
                if (version.path("name").asText().equals("v1")) {
                    JsonNode schema = version.path("schema").path("openAPIV3Schema");
                    close(schema);
                    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                            .getSchema(JSON.writeValueAsString(schema));
                }
            }
            throw new AssertionError(FILE + " has no version v1");
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
        schema.forEach(RayJobSchema::close);
    }
}
