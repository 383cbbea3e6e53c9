package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.core.base.ErrorKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every network of one run of three stages, in every form. */
class ExportTest {
    private static final int USER = ErrorKind.USER.exitCode();
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String STAGES = SmallRecipe.SFT + """
              - {name: rank, kind: reward-model, from: sft, steps: 2, batch-size: 2,
                 data: {kind: pairs, path: pairs.jsonl, prompt-key: prompt}}
              - {name: more, kind: sft, from: sft, steps: 3, batch-size: 4, data: {kind: spelling}}
            """;

    @TempDir
    static Path folder;

    private static final AtomicInteger EXPORTS = new AtomicInteger();

    private static Path run;

    @BeforeAll
    static void trainOnce() {
        SmallRecipe recipe = new SmallRecipe(folder);
        recipe.with(STAGES);
        recipe.file("pairs.jsonl", "{\"prompt\": \"a>\", \"chosen\": \"b\", \"rejected\": \"c\"}\n".repeat(4));
        recipe.run("--set", "checkpoint.keep=9").assertDone();
        run = recipe.out();
    }

    /** A file's tensors: type, shape and bytes by name. */
    private record Tensors(JsonNode header, ByteBuffer data) {
        static Tensors of(Path model) throws IOException {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(model.resolve("model.safetensors")))
                    .order(ByteOrder.LITTLE_ENDIAN);
            int length = (int) bytes.getLong();
            JsonNode header = JSON.readTree(bytes.array(), Long.BYTES, length);
            return new Tensors(
                    header,
                    bytes.slice(Long.BYTES + length, bytes.capacity() - Long.BYTES - length)
                            .order(ByteOrder.LITTLE_ENDIAN));
        }

        String types() {
            return header.properties().stream()
                    .filter(entry -> !entry.getKey().startsWith("__"))
                    .map(entry -> entry.getValue().path("dtype").asText())
                    .distinct()
                    .toList()
                    .toString();
        }

        byte[] bytes(String name) {
            JsonNode offsets = header.path(name).path("data_offsets");
            byte[] bytes = new byte[offsets.path(1).asInt() - offsets.path(0).asInt()];
            data.get(offsets.path(0).asInt(), bytes);
            return bytes;
        }
    }

    @ParameterizedTest
    @CsvSource({"sft, LlamaForCausalLM", "rank, LlamaForSequenceClassification", "more, LlamaForCausalLM"})
    void anyStageIsExportedAsItWas(String stage, String architecture) throws IOException {
        Path model = export("--stage", stage);

        assertThat(model.resolve("model.safetensors"))
                .hasSameBinaryContentAs(run.resolve("stages").resolve(stage).resolve("model.safetensors"));
        assertThat(config(model).at("/architectures/0").asText()).isEqualTo(architecture);
        assertThat(model.resolve("tokenizer.json")).exists();
        assertThat(model.resolve("manifest.json")).doesNotExist();
    }

    @Test
    void withoutANameStagesAreListedAndAWrongOneIsToldThem() {
        assertThat(Invocation.of("export", run.toString(), "--stage")
                        .assertDone()
                        .out())
                .contains("sft (sft)", "rank (reward-model)", "more (sft)");
        Invocation.of("export", run.toString(), "--stage", "sfd", "--to", target().toString())
                .assertRefused(USER, "there is no stage sfd", "sft (sft), rank (reward-model), more (sft)");
    }

    @Test
    void aCheckpointHoldsTheNetworkOfItsStage() throws IOException {
        Path stageEnd = export("--stage", "more");
        assertThat(export("--from-checkpoint").resolve("model.safetensors"))
                .as("the newest, at the end of the last stage")
                .hasSameBinaryContentAs(stageEnd.resolve("model.safetensors"));

        Path early = export("--checkpoint", "step-000004");
        assertThat(Files.readAllBytes(early.resolve("model.safetensors")))
                .hasSameSizeAs(Files.readAllBytes(stageEnd.resolve("model.safetensors")))
                .isNotEqualTo(Files.readAllBytes(stageEnd.resolve("model.safetensors")));
        assertThat(config(early)).isEqualTo(config(stageEnd));

        Invocation.of("export", run.toString(), "--checkpoint", "step-000001", "--to", target().toString())
                .assertRefused(USER, "there is no checkpoint step-000001", "step-000004", "--stage");
    }

    @ParameterizedTest
    @CsvSource({"float32, F32, 4", "bfloat16, BF16, 2", "float16, F16, 2", "BFLOAT16, BF16, 2"})
    void numbersAreWrittenInTheTypeAskedFor(String type, String written, int width) throws IOException {
        Path model = export("--dtype", type);

        Tensors tensors = Tensors.of(model);
        assertThat(tensors.types()).isEqualTo("[" + written + "]");
        assertThat(config(model).path("torch_dtype").asText()).isEqualToIgnoringCase(type);
        byte[] wide = Tensors.of(run.resolve("model")).bytes("model.norm.weight");
        assertThat(tensors.bytes("model.norm.weight")).hasSize(wide.length / Float.BYTES * width);
        // What is not trained far from 1 is near 1 in every type.
        if (written.equals("BF16")) {
            assertThat(tensors.bytes("model.norm.weight")[1]).isEqualTo((byte) 0x3F);
        }
    }

    @Test
    void byDefaultTheTypeIsThatOfTheModelTheRunBeganWith() throws IOException {
        Path base = export("--dtype", "bfloat16");
        SmallRecipe second = new SmallRecipe(Files.createDirectories(folder.resolve("second")));
        second.text("name: second\nmodel: {kind: directory, path: " + base + "}\n" + SmallRecipe.SFT);
        second.run().assertDone();

        Path model = target();
        Invocation.of("export", second.out().toString(), "--to", model.toString())
                .assertDone();

        assertThat(Tensors.of(model).types()).isEqualTo("[BF16]");
    }

    @Test
    void anUntiedHeadIsTheEmbedding() throws IOException {
        Path model = export("--untie");

        Tensors tensors = Tensors.of(model);
        assertThat(tensors.bytes("lm_head.weight")).isEqualTo(tensors.bytes("model.embed_tokens.weight"));
        assertThat(config(model).path("tie_word_embeddings").asBoolean(true)).isFalse();
        assertThat(config(export()).path("tie_word_embeddings").asBoolean()).isTrue();

        SmallRecipe untied = new SmallRecipe(Files.createDirectories(folder.resolve("untied")));
        untied.text("name: untied\nmodel: {kind: directory, path: " + model + "}\n" + SmallRecipe.SFT);
        untied.run().assertDone();
    }

    @Test
    void whatCannotBeIsTheUsersMistake() {
        Invocation.of("export", run.toString()).assertRefused(USER, "--to DIR");
        Invocation.of("export", folder.resolve("nowhere").toString(), "--to", target().toString())
                .assertRefused(USER, "there is no run in");
        assertThat(Invocation.of("export", run.toString(), "--stage", "sft", "--from-checkpoint", "--to", "x")
                        .exitCode())
                .isEqualTo(USER);
        assertThat(Invocation.of("export", run.toString(), "--dtype", "int8", "--to", "x")
                        .err())
                .contains("--dtype", "int8");
    }

    private Path export(String... how) {
        Path model = target();
        String[] arguments = Stream.concat(
                        Stream.of("export", run.toString(), "--to", model.toString()), Arrays.stream(how))
                .toArray(String[]::new);
        Invocation.of(arguments).assertDone();
        return model;
    }

    private Path target() {
        return folder.resolve("export-" + EXPORTS.incrementAndGet());
    }

    private static JsonNode config(Path model) throws IOException {
        return JSON.readTree(model.resolve("config.json").toFile());
    }
}
