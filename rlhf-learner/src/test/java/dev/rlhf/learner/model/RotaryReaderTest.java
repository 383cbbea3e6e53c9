package dev.rlhf.learner.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.learner.block.LongRope;
import dev.rlhf.learner.block.RotaryEmbedding;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.ScriptModule;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Against tables of transformers, made by tools/golden/rotary.py. */
class RotaryReaderTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path FILE = Path.of("model", ModelConfig.FILE);
    private static final int HEAD = 16;
    private static final int CONTEXT = 256;

    private static JsonNode golden() throws IOException {
        try (InputStream file =
                Objects.requireNonNull(RotaryReaderTest.class.getResourceAsStream("/golden/rotary.json"))) {
            return JSON.readTree(file);
        }
    }

    static Stream<Arguments> cases() throws IOException {
        return StreamSupport.stream(golden().path("cases").spliterator(), false)
                .map(one -> Arguments.of(one.path("name").asText(), one));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void positionsTurnAsTransformersTurnsThem(String name, JsonNode one) throws IOException {
        RotaryEmbedding rotary = read(one.path("config"), one.path("layer_type").asText(null));
        ScriptModule module = ScriptModule.compile(rotary.tables(HEAD));
        try (NDManager scope = NativeScope.open()) {
            NDList tables = module.callForList(scope, "tables", scope.arange(0, CONTEXT, 1, DataType.FLOAT32));
            assertTable(tables.get(0), one.path("cos"));
            assertTable(tables.get(1), one.path("sin"));
        } finally {
            module.close();
        }
    }

    private static void assertTable(NDArray table, JsonNode wanted) throws IOException {
        JsonNode positions = golden().path("positions");
        int half = wanted.get(0).size();
        assertThat(table.getShape().getShape()).containsExactly(CONTEXT, 1, half);
        float[] found = table.toFloatArray();
        for (int row = 0; row < positions.size(); row++) {
            for (int i = 0; i < half; i++) {
                assertThat(found[positions.get(row).asInt() * half + i])
                        .as("position %s, pair %s", positions.get(row), i)
                        .isCloseTo((float) wanted.get(row).get(i).asDouble(), within(2e-7f));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void whatIsWrittenMeansTheSameInBothSpellings(String name, JsonNode one) {
        RotaryEmbedding rotary = read(one.path("config"), one.path("layer_type").asText(null));
        ObjectNode written = JSON.createObjectNode().put("max_position_embeddings", CONTEXT);
        rotary.write(written);
        RotaryReader.Fallback share = new RotaryReader.Fallback("partial_rotary_factor", 1);
        for (String spelling : List.of("rope_parameters", "rope_scaling")) {
            ObjectNode alone = written.deepCopy();
            alone.remove(spelling);
            assertThat(reader(alone).share(share.key(), share.value()).read()).isEqualTo(rotary);
        }
    }

    private static RotaryReader reader(JsonNode config) {
        return RotaryReader.of(new ConfigKeys(FILE, config, List.of()));
    }

    /** As the family of the case reads it. */
    private static RotaryEmbedding read(JsonNode config, String layerType) {
        RotaryReader reader = reader(config);
        return switch (config.path("model_type").asText()) {
            case "gpt_neox" ->
                reader.theta("rotary_emb_base", 10_000)
                        .share("rotary_pct", 0.25)
                        .read();
            case "phi3" -> reader.share("partial_rotary_factor", 1).read();
            case "gemma3_text" ->
                layerType.equals("full_attention")
                        ? reader.theta("rope_theta", 1_000_000).read(layerType, true)
                        : reader.theta("rope_local_base_freq", 10_000).read(layerType, false);
            default -> reader.read();
        };
    }

    @Test
    void longRopeEndsWithItsOriginalContext() {
        LongRope rope = new LongRope(List.of(1.0), List.of(2.0), 40, 4, null);
        assertThat(new RotaryEmbedding(10_000, rope).context(160)).isEqualTo(40);
        assertThat(new RotaryEmbedding(10_000, rope).context(20)).isEqualTo(20);
        assertThat(RotaryEmbedding.of(10_000).context(160)).isEqualTo(160);
    }

    @Test
    void severalTablesFitInOneModule() {
        RotaryEmbedding one = RotaryEmbedding.of(10_000);
        RotaryEmbedding other = new RotaryEmbedding(500, 0.5, new RotaryEmbedding.Linear(2));
        ScriptModule module = ScriptModule.compile(one.tables(8, "0") + other.tables(8, "1"));
        try (NDManager scope = NativeScope.open()) {
            NDArray positions = scope.arange(0, 4, 1, DataType.FLOAT32);
            float[] sines =
                    module.callForList(scope, "tables1", positions).get(1).toFloatArray();
            assertThat(sines).hasSize(8);
            assertThat((double) sines[7]).isCloseTo(Math.sin(3 / Math.sqrt(500) / 2), within(1e-7));
            assertThat(module.callForList(scope, "tables0", positions)
                            .get(0)
                            .getShape()
                            .size())
                    .isEqualTo(16);
        } finally {
            module.close();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"rope_scaling\":{\"rope_type\":\"proportional\"} | rope_scaling.rope_type | proportional",
                "\"rope_scaling\":{\"type\":\"mrope\",\"mrope_section\":[2,3,3]} | rope_scaling.mrope_section | not supported",
                "\"rope_scaling\":{\"type\":\"dynamic\"} | rope_scaling.factor | missing",
                "\"rope_scaling\":{\"type\":\"yarn\",\"factor\":0.5} | factor | 0.5",
                "\"rope_scaling\":{\"type\":\"yarn\",\"factor\":2.0,\"beta_fast\":0.5} | beta_fast | 0.5",
                "\"rope_scaling\":{\"type\":\"yarn\",\"short_factor\":[1.0]} | rope_scaling.rope_type | longrope",
                "\"rope_scaling\":{\"type\":\"yarn\",\"attention_factor\":\"1\"} | rope_scaling.attention_factor | number",
                "\"rope_parameters\":{\"rope_type\":\"longrope\",\"long_factor\":[1.0]} | rope_parameters.short_factor | missing",
                "\"rope_parameters\":{\"rope_type\":\"longrope\",\"short_factor\":[1.0,\"a\"]} | rope_parameters.short_factor | numbers",
                "\"rope_parameters\":{\"partial_rotary_factor\":0.5} | rope_parameters.partial_rotary_factor | 0.5",
                "\"partial_rotary_factor\":0.5 | partial_rotary_factor | 0.5",
                "\"rope_parameters\":{\"full_attention\":{\"rope_type\":\"default\"}} | rope_parameters | layer type",
                "\"rope_scaling\":2.0 | rope_scaling | 2.0",
                "\"rope_theta\":\"many\" | rope_theta | many",
                "\"rope_theta\":0 | rope_theta | above 0",
            })
    void whatWouldTurnOtherwiseIsRefused(String keys, String key, String value) throws IOException {
        JsonNode config = JSON.readTree("{\"max_position_embeddings\":256," + keys + "}");
        assertThatThrownBy(() -> reader(config).read())
                .isInstanceOfSatisfying(
                        RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContainingAll(key, value);
    }

    @Test
    void oneWayForLayersOfManyIsRefused() throws IOException {
        JsonNode config = JSON.readTree("{\"rope_parameters\":{\"rope_theta\":1.0,\"full_attention\":{}}}");
        assertThatThrownBy(() -> reader(config).read("full_attention", true))
                .hasMessageContainingAll("rope_parameters.rope_theta", "layer type");
    }

    @Test
    void aHeadThatCannotTurnIsRefused() {
        RotaryEmbedding half = new RotaryEmbedding(10_000, 0.5, new RotaryEmbedding.Plain());
        assertThat(half.turned(8)).isEqualTo(4);
        assertThatThrownBy(() -> half.turned(10)).hasMessageContainingAll("partial_rotary_factor 0.5", "5");
        RotaryEmbedding shortList = new RotaryEmbedding(10_000, new LongRope(List.of(1.0), List.of(2.0), 40, 4, null));
        assertThatThrownBy(() -> shortList.tables(8)).hasMessageContainingAll("short_factor", "4 numbers", "1");
    }
}
