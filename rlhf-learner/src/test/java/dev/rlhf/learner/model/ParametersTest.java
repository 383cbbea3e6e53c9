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
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParametersTest {
    static final LlamaShape SHAPE =
            new LlamaShape(11, 8, 2, 4, 2, 6, 12, 32, RotaryEmbedding.of(10_000), 1e-5, false, List.of(1));
    static final ModelConfig CONFIG = SHAPE.config();

    @TempDir
    private Path directory;

    @Test
    void whatIsWrittenIsWhatWasRead() throws IOException {
        ModelInitialiser.random(SHAPE.toJson(), new Seed(3), directory);
        assertThat(ModelConfig.read(directory)).isEqualTo(CONFIG);
        WeightLayout layout = WeightLayout.of(CONFIG, Head.LANGUAGE_MODEL);
        Path copy = directory.resolve("copy.safetensors");
        try (Parameters parameters = Parameters.open(layout, directory, new Seed(1))) {
            parameters.write(copy, NumberFormat.F32);
        }
        assertThat(copy).hasSameBinaryContentAs(directory.resolve(Checkpoint.FILE));
    }

    @Test
    void leavesSeeTheFlatLayer() {
        ModelInitialiser.random(SHAPE.toJson(), new Seed(3), directory);
        WeightLayout layout = WeightLayout.of(CONFIG, Head.LANGUAGE_MODEL);
        try (Parameters parameters = Parameters.open(layout, directory, new Seed(1))) {
            assertThat(parameters.leaves()).hasSize(1 + 2 * 6 + 2);
            assertThat(parameters.leaves().get(2).getShape().getShape()).containsExactly((4 + 2 * 2) * 6, 8);
            parameters
                    .flat()
                    .get(0)
                    .toByteBuffer(true)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putFloat(0, 42f);
            assertThat(parameters.leaves().get(0).getFloat(0, 0)).isEqualTo(42f);
            assertThat(parameters.flat().get(0).getFloat(0)).isEqualTo(42f);
        }
    }

    @Test
    void aMissingScoreHeadIsDrawnFromTheSeed() {
        ModelInitialiser.random(SHAPE.toJson(), new Seed(3), directory);
        WeightLayout layout = WeightLayout.of(CONFIG, Head.REWARD);
        try (Parameters one = Parameters.open(layout, directory, new Seed(1));
                Parameters same = Parameters.open(layout, directory, new Seed(1));
                Parameters other = Parameters.open(layout, directory, new Seed(2))) {
            int head = one.leaves().size() - 1;
            float[] numbers = one.leaves().get(head).toFloatArray();
            assertThat(same.leaves().get(head).toFloatArray()).containsExactly(numbers);
            assertThat(other.leaves().get(head).toFloatArray()).isNotEqualTo(numbers);
        }
    }

    @Test
    void aTruncatedFileIsTheUsersMistakeAndNamed() throws IOException {
        ModelInitialiser.random(SHAPE.toJson(), new Seed(3), directory);
        Path file = directory.resolve(Checkpoint.FILE);
        for (long length : new long[] {Files.size(file) - 5, 60, 8, 3, 0}) {
            try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
                access.setLength(length);
            }
            assertThatThrownBy(() -> open(Head.LANGUAGE_MODEL))
                    .isInstanceOfSatisfying(
                            RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                    .hasMessageContaining(file.toString());
        }
    }

    @Test
    void aFileOfAnotherShapeIsRefused() {
        ModelInitialiser.random(
                new LlamaShape(11, 8, 1, 4, 2, 6, 12, 32, RotaryEmbedding.of(10_000), 1e-5, false, List.of(1)).toJson(),
                new Seed(3),
                directory);
        assertThatThrownBy(() -> open(Head.LANGUAGE_MODEL))
                .hasMessageContaining(Checkpoint.FILE)
                .hasMessageContaining("model.layers.1.");
    }

    private void open(Head head) {
        Parameters.open(WeightLayout.of(CONFIG, head), directory, new Seed(1)).close();
    }
}
