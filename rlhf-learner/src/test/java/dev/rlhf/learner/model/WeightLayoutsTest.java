package dev.rlhf.learner.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.update.Head;
import dev.rlhf.learner.block.RotaryEmbedding;
import dev.rlhf.learner.files.Checkpoint;
import dev.rlhf.learner.files.NumberFormat;
import dev.rlhf.learner.files.TensorFile;
import dev.rlhf.learner.files.TensorFile.Raw;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The ways in which files hold a model's weights. */
class WeightLayoutsTest {
    private static final String EMBEDDING = "model.embed_tokens.weight";
    private static final String HEAD = "lm_head.weight";

    @TempDir
    private Path directory;

    private Map<String, Raw> untied = new LinkedHashMap<>();
    private Map<String, Raw> tied = new LinkedHashMap<>();

    @BeforeEach
    void make() {
        untied = weights(false);
        tied = weights(true);
    }

    private Map<String, Raw> weights(boolean tied) {
        Path source = directory.resolve("source-" + tied);
        ModelInitialiser.random(config(tied).toJson(), new Seed(3), source);
        return TensorFile.read(source.resolve(Checkpoint.FILE));
    }

    private static LlamaShape config(boolean tied) {
        return new LlamaShape(11, 8, 2, 4, 2, 6, 12, 32, RotaryEmbedding.of(10_000), 1e-5, tied, List.of(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void inSeveralFilesWithAnIndex(int files) throws IOException {
        shard(untied, files);
        assertThat(numbers(false)).isEqualTo(numbersOf(untied));
    }

    @Test
    void namesWithoutTheirPrefix() throws IOException {
        Map<String, Raw> bare = new LinkedHashMap<>();
        untied.forEach((name, tensor) -> bare.put(name.replaceFirst("^model\\.", ""), tensor));
        write(bare);
        assertThat(numbers(false)).isEqualTo(numbersOf(untied));
    }

    @Test
    void aTiedMatrixUnderTheHeadsName() throws IOException {
        Map<String, Raw> head = new LinkedHashMap<>(tied);
        head.put(HEAD, head.remove(EMBEDDING));
        write(head);
        assertThat(numbers(true)).isEqualTo(numbersOf(tied));
        shard(head, 3);
        assertThat(numbers(true)).isEqualTo(numbersOf(tied));
        // A reward model has no such head, but the matrix is the embedding's all the same.
        Parameters.open(WeightLayout.of(config(true).config(), Head.REWARD), directory, new Seed(1))
                .close();
    }

    @Test
    void aTiedMatrixUnderBothNames() throws IOException {
        Map<String, Raw> both = new LinkedHashMap<>(tied);
        both.put(HEAD, both.get(EMBEDDING));
        write(both);
        assertThat(numbers(true)).isEqualTo(numbersOf(tied));
    }

    @Test
    void aTiedMatrixThatIsTwoIsRefused() throws IOException {
        Map<String, Raw> both = new LinkedHashMap<>(tied);
        both.put(HEAD, untied.get(HEAD));
        write(both);
        assertUserError(true, HEAD, "differs", "tie_word_embeddings");
    }

    @ParameterizedTest
    @EnumSource(NumberFormat.class)
    void inEveryFormat(NumberFormat format) throws IOException {
        Map<String, Raw> narrow = new LinkedHashMap<>();
        untied.forEach((name, tensor) -> narrow.put(name, TensorFile.as(format, tensor)));
        write(narrow);
        List<Float> found = numbers(false);
        List<Float> wanted = numbersOf(untied);
        double tolerance = format == NumberFormat.BF16 ? 1 / 256.0 : format == NumberFormat.F16 ? 1 / 1024.0 : 0;
        for (int i = 0; i < wanted.size(); i++) {
            assertThat((double) found.get(i))
                    .isCloseTo(
                            wanted.get(i),
                            org.assertj.core.api.Assertions.within(Math.abs(wanted.get(i)) * tolerance + 1e-7));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"I64", "I32", "BOOL", "U8", "F8_E4M3", "F8_E5M2", "F64", "F4", "C64", "SOMETHING_NEW"})
    void whatIsNotNeededMayBeOfAnyType(String type) throws IOException {
        Map<String, Raw> more = new LinkedHashMap<>();
        more.put("model.layers.0.self_attn.rotary_emb.inv_freq", new Raw(type, new long[] {2}, new byte[16]));
        more.put("scalar", new Raw(type, new long[0], new byte[8]));
        if (type.equals("F64")) {
            more.put("scalar", new Raw(type, new long[0], new byte[Double.BYTES]));
        }
        more.putAll(untied);
        write(more);
        assertThat(numbers(false)).isEqualTo(numbersOf(untied));
    }

    @ParameterizedTest
    @ValueSource(strings = {"I8", "F8_E4M3", "U8"})
    void whatIsNeededAndNotReadIsNamed(String type) throws IOException {
        String name = "model.layers.1.mlp.down_proj.weight";
        untied.put(name, new Raw(type, new long[] {8, 12}, new byte[8 * 12]));
        write(untied);
        assertUserError(false, name, type, "BF16");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"pytorch_model.bin", "pytorch_model-00001-of-00002.bin", "consolidated.00.pth", "model.gguf"})
    void weightsOfAnotherKindAreRefusedWithWhatToDo(String file) throws IOException {
        Files.write(directory.resolve(file), new byte[10]);
        assertUserError(false, Checkpoint.FILE, file, "save_pretrained");
    }

    @Test
    void aHeadThatIsNowhereIsNamed() throws IOException {
        untied.remove(HEAD);
        write(untied);
        assertUserError(false, HEAD);
    }

    @Test
    void anIndexThatPromisesTooMuchIsNamed() throws IOException {
        shard(untied, 2);
        Path index = directory.resolve(Checkpoint.INDEX);
        String text = Files.readString(index);
        Files.writeString(
                index, text.replace("\"" + HEAD + "\":\"1.safetensors\"", "\"" + HEAD + "\":\"0.safetensors\""));
        assertUserError(false, HEAD, "0.safetensors", Checkpoint.INDEX);
        Files.writeString(index, text.replace("0.safetensors", "none.safetensors"));
        assertUserError(false, "none.safetensors");
        Files.writeString(index, "{}");
        assertUserError(false, "weight_map");
    }

    @Test
    void aFileThatEndsWhileItIsReadIsSaidToLeaveHalfAModel() throws IOException {
        write(untied);
        Checkpoint checkpoint = Checkpoint.ofDirectory(directory);
        try (Parameters parameters =
                        Parameters.zeros(WeightLayout.of(config(false).config(), Head.LANGUAGE_MODEL));
                RandomAccessFile file =
                        new RandomAccessFile(directory.resolve(Checkpoint.FILE).toFile(), "rw")) {
            file.setLength(file.length() - 100);
            assertThatThrownBy(() -> parameters.load(checkpoint, new Seed(1)))
                    .isInstanceOfSatisfying(
                            RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.RESOURCE))
                    .hasMessageContaining("only a part of the weights");
        }
    }

    @Test
    void whatDoesNotFitChangesNothing() throws IOException {
        write(untied);
        try (Parameters parameters =
                Parameters.open(WeightLayout.of(config(false).config(), Head.LANGUAGE_MODEL), directory, new Seed(1))) {
            untied.put("model.norm.weight", new Raw("F32", new long[] {4}, new byte[16]));
            write(untied);
            assertThatThrownBy(() -> parameters.load(Checkpoint.ofDirectory(directory), new Seed(1)))
                    .hasMessageContaining("model.norm.weight has shape [4]");
            assertThat(parameters.leaves().get(0).getFloat(0, 0)).isNotZero();
        }
    }

    private void write(Map<String, Raw> tensors) throws IOException {
        Files.deleteIfExists(directory.resolve(Checkpoint.INDEX));
        TensorFile.write(directory.resolve(Checkpoint.FILE), tensors);
    }

    private void shard(Map<String, Raw> tensors, int files) throws IOException {
        Files.deleteIfExists(directory.resolve(Checkpoint.FILE));
        StringBuilder map = new StringBuilder();
        List<String> names = new ArrayList<>(tensors.keySet());
        for (int file = 0; file < files; file++) {
            Map<String, Raw> part = new LinkedHashMap<>();
            for (String name : names.subList(names.size() * file / files, names.size() * (file + 1) / files)) {
                part.put(name, tensors.get(name));
                map.append(map.isEmpty() ? "" : ",").append("\"%s\":\"%d.safetensors\"".formatted(name, file));
            }
            TensorFile.write(directory.resolve(file + ".safetensors"), part);
        }
        Files.writeString(directory.resolve(Checkpoint.INDEX), "{\"metadata\":{},\"weight_map\":{" + map + "}}");
    }

    private List<Float> numbers(boolean tied) throws IOException {
        Path copy = directory.resolve("copy.safetensors");
        WeightLayout layout = WeightLayout.of(config(tied).config(), Head.LANGUAGE_MODEL);
        try (Parameters parameters = Parameters.open(layout, directory, new Seed(1))) {
            parameters.write(copy, NumberFormat.F32);
        }
        List<Float> numbers = numbersOf(TensorFile.read(copy));
        Files.delete(copy);
        return numbers;
    }

    private static List<Float> numbersOf(Map<String, Raw> tensors) {
        List<Float> numbers = new ArrayList<>();
        tensors.values().forEach(tensor -> {
            java.nio.FloatBuffer floats = java.nio.ByteBuffer.wrap(tensor.bytes())
                    .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
            while (floats.hasRemaining()) {
                numbers.add(floats.get());
            }
        });
        return numbers;
    }

    private void assertUserError(boolean tied, String... named) {
        assertThatThrownBy(() -> numbers(tied))
                .isInstanceOfSatisfying(
                        RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContainingAll(named);
    }
}
