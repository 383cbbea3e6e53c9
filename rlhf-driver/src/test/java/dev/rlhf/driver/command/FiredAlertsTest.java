package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Every alert is fired by a fault of a real run, or it is said why not. */
class FiredAlertsTest {
    private static final Path TESTS = Path.of("src/test/java/dev/rlhf/driver/command");

    @Test
    void eachAlertNamesTheTestThatFiresItOrTheReasonWhyNoneDoes() throws IOException {
        JsonNode list = list();
        Map<String, String> fired = words(list.path("fired"));
        Map<String, String> notFired = words(list.path("not-fired"));
        List<String> all = new ArrayList<>(fired.keySet());
        all.addAll(notFired.keySet());
        assertThat(all).containsExactlyInAnyOrderElementsOf(Alerts.names());
        assertThat(notFired.values()).noneMatch(String::isBlank);
        NamedTests tests = NamedTests.read();
        for (Map.Entry<String, String> one : fired.entrySet()) {
            assertThat(tests.methods()).as(one.getKey()).contains(one.getValue());
            String name = one.getValue().substring(0, one.getValue().indexOf('.'));
            assertThat(Files.readString(TESTS.resolve(name + ".java")))
                    .as("%s waits for %s", name, one.getKey())
                    .contains("\"" + one.getKey() + "\"");
        }
    }

    private static JsonNode list() throws IOException {
        try (InputStream file = FiredAlertsTest.class.getResourceAsStream("fired-alerts.yaml")) {
            Object document = new Yaml(new SafeConstructor(new LoaderOptions())).load(file);
            return new ObjectMapper().valueToTree(document);
        }
    }

    private static Map<String, String> words(JsonNode object) {
        Map<String, String> words = new TreeMap<>();
        object.properties()
                .forEach(one -> words.put(one.getKey(), one.getValue().asText()));
        return words;
    }
}
