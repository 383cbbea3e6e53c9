package dev.rlhf.learner.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.learner.files.SafetensorsWriter.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShardsTest {
    @TempDir
    private Path directory;

    /** Names and sizes with what huggingface_hub makes of them; tools/golden/shards.py. */
    static Stream<JsonNode> cuts() throws java.net.URISyntaxException {
        Path file = Path.of(Objects.requireNonNull(ShardsTest.class.getResource("/golden/shards.json"))
                .toURI());
        return Stream.iterate(0, i -> i + 1).limit(JsonFile.read(file).size()).map(JsonFile.read(file)::get);
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void filesAreCutAndNamedAsHuggingFaceDoes(JsonNode cut) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        cut.path("sizes")
                .properties()
                .forEach(size ->
                        tensors.put(size.getKey(), tensor(size.getValue().asInt())));
        new Shards(cut.path("most").asLong()).write(directory, NumberFormat.F32, tensors);
        JsonNode files = cut.path("files");
        assertThat(names().stream().filter(name -> name.endsWith(".safetensors")))
                .containsExactlyInAnyOrderElementsOf(
                        files.properties().stream().map(Map.Entry::getKey).toList());
        files.properties()
                .forEach(file -> assertThat(Safetensors.open(directory.resolve(file.getKey()))
                                .names())
                        .containsExactlyElementsOf(texts(file.getValue())));
        if (files.size() > 1) {
            assertThat(JsonFile.read(directory.resolve(Checkpoint.INDEX))).isEqualTo(cut.path("index"));
        } else {
            assertThat(directory.resolve(Checkpoint.INDEX)).doesNotExist();
        }
        Checkpoint read = Checkpoint.ofDirectory(directory);
        tensors.forEach((name, tensor) -> assertThat(numbers(read, name)).isEqualTo(first(tensor)));
    }

    @Test
    void whatAnEarlierCutLeftIsNotReadAgain() throws IOException {
        Map<String, Tensor> tensors = Map.of("a", tensor(3), "b", tensor(4), "c", tensor(5));
        Files.writeString(directory.resolve("model-of-mine.safetensors"), "kept");
        for (long most : new long[] {1, 1_000, 40, 1_000}) {
            new Shards(most).write(directory, NumberFormat.BF16, tensors);
            int shards = most == 1 ? 3 : 1;
            assertThat(names()).hasSize(1 + shards + (shards > 1 ? 1 : 0)).contains("model-of-mine.safetensors");
            assertThat(Checkpoint.ofDirectory(directory).readable()).containsExactlyInAnyOrder("a", "b", "c");
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static List<String> texts(JsonNode list) {
        return Stream.iterate(0, i -> i + 1)
                .limit(list.size())
                .map(i -> list.get(i).asText())
                .toList();
    }

    private static Tensor tensor(int size) {
        return new Tensor(new long[] {size}, (first, count) -> {
            ByteBuffer numbers = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < count; i++) {
                numbers.putFloat((float) (size + first + i));
            }
            return numbers.flip();
        });
    }

    private static ByteBuffer first(Tensor tensor) {
        return tensor.numbers().window(0, (int) tensor.elements());
    }

    private static ByteBuffer numbers(Checkpoint checkpoint, String name) {
        return checkpoint.numbers(name).window(0, (int) checkpoint.shape(name)[0]);
    }
}
