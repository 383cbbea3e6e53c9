package dev.rlhf.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The schema of the chart's values knows every value and says what it is, also where there is no Helm. */
class ChartSchemaTest {
    private static final Path SCHEMA = Helm.CHART.resolve("values.schema.json");
    private static final Path DEFAULTS = Helm.CHART.resolve("values.yaml");

    static List<Path> files() {
        List<Path> all = new ArrayList<>(Helm.sizes());
        all.add(DEFAULTS);
        return all;
    }

    @ParameterizedTest
    @MethodSource("files")
    void theValuesOfEverySizeAreValid(Path file) throws IOException {
        Schema schema =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7).getSchema(Files.readString(SCHEMA));
        // As Helm does: the file's values over the defaults.
        JsonNode values = new ObjectMapper()
                .readerForUpdating(
                        Manifests.read(Files.readString(DEFAULTS)).objects().get(0))
                .readValue(Manifests.read(Files.readString(file)).objects().get(0));
        assertThat(schema.validate(values.toString(), InputFormat.JSON))
                .extracting(Error::toString)
                .isEmpty();
    }

    @Test
    void everyValueIsDescribedInASentenceAndHasADefault() throws IOException {
        List<String> missing = new ArrayList<>();
        check(
                "",
                new ObjectMapper().readTree(SCHEMA.toFile()),
                Manifests.read(Files.readString(DEFAULTS)).objects().get(0),
                missing);
        assertThat(missing).isEmpty();
    }

    /** Helm shows what an unknown key must be, which is this. */
    private static String onlyThese(JsonNode schema) {
        return "left out: there are only "
                + String.join(
                        ", ",
                        schema.path("properties")
                                .propertyStream()
                                .map(Map.Entry::getKey)
                                .toList());
    }

    /** Where a nodeSelector is not given there is none; global is Helm's own. */
    private static void check(String path, JsonNode schema, JsonNode defaults, List<String> missing) {
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            String name = path + "." + property.getKey();
            if (!property.getValue().path("description").asText().matches("[A-Za-z].{10,}\\.")) {
                missing.add(name + " has no sentence");
            }
            JsonNode value = defaults.path(property.getKey());
            if (value.isMissingNode() && !name.endsWith("nodeSelector") && !name.equals(".global")) {
                missing.add(name + " has no default");
            }
            if (property.getValue().path("type").asText().equals("object")
                    && property.getValue().has("properties")) {
                if (!property.getValue()
                        .at("/additionalProperties/const")
                        .asText()
                        .equals(onlyThese(property.getValue()))) {
                    missing.add(name + " does not say what there is instead of what it does not know");
                }
                check(name, property.getValue(), value, missing);
            }
        }
    }
}
