package dev.rlhf.learner.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.update.Head;
import dev.rlhf.learner.files.Checkpoint;
import dev.rlhf.learner.files.NumberFormat;
import dev.rlhf.learner.files.SafetensorsWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a checkpoint holds beyond the weights of a model. */
class WeightNamesTest {
    @TempDir
    Path directory;

    /** A bias that the configuration denies, a layer too many: the model of these weights is another one. */
    @ParameterizedTest
    @CsvSource({
        "model.layers.1.self_attn.q_proj.bias, the model of config.json has not",
        "model.norm.bias, the model of config.json has not",
        "model.layers.2.self_attn.q_proj.weight, the model has 2 layers"
    })
    void aTensorThatWouldMakeItAnotherModelIsRefused(String name, String why) {
        WeightLayout layout = written(name);
        assertThatThrownBy(() -> WeightNames.in(Checkpoint.ofDirectory(directory), layout))
                .hasMessageContaining(Checkpoint.FILE)
                .hasMessageContaining(name)
                .hasMessageContaining(why)
                .extracting(failure -> ((RlhfException) failure).kind())
                .isEqualTo(ErrorKind.USER);
    }

    /** Buffers of older files, and another head. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.layers.0.self_attn.rotary_emb.inv_freq",
                "model.layers.1.self_attn.masked_bias",
                "score.weight",
                "value_head.summary.bias"
            })
    void otherTensorsAreLeftAlone(String name) {
        WeightLayout layout = written(name);
        assertThat(WeightNames.in(Checkpoint.ofDirectory(directory), layout))
                .hasSameSizeAs(layout.weights())
                .doesNotContainValue(name);
    }

    @Test
    void aModelThatIsWrittenHasNoMoreThanItNeeds() {
        ModelInitialiser.random(shape(), new Seed(1), directory);
        WeightLayout layout = WeightLayout.of(ModelConfig.read(directory), Head.LANGUAGE_MODEL);
        assertThat(WeightNames.in(Checkpoint.ofDirectory(directory), layout)).hasSameSizeAs(layout.weights());
    }

    /** Writes zeros for all weights of a model and for one tensor more. */
    private WeightLayout written(String more) {
        ModelInitialiser.random(shape(), new Seed(1), directory);
        WeightLayout layout = WeightLayout.of(ModelConfig.read(directory), Head.LANGUAGE_MODEL);
        Map<String, SafetensorsWriter.Tensor> tensors = new LinkedHashMap<>();
        layout.weights().forEach(weight -> tensors.put(weight.name(), zeros(weight.shape())));
        tensors.put(more, zeros(1, 8));
        SafetensorsWriter.write(directory.resolve(Checkpoint.FILE), NumberFormat.F32, tensors);
        return layout;
    }

    private static SafetensorsWriter.Tensor zeros(long... shape) {
        return new SafetensorsWriter.Tensor(shape, (first, count) -> ByteBuffer.allocate(count * Float.BYTES));
    }

    private static ObjectNode shape() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("model_type", "llama")
                .put("vocab_size", 11)
                .put("hidden_size", 8)
                .put("num_hidden_layers", 2)
                .put("num_attention_heads", 2)
                .put("num_key_value_heads", 1)
                .put("intermediate_size", 12)
                .put("max_position_embeddings", 16)
                .put("tie_word_embeddings", true)
                .put("eos_token_id", 0);
    }
}
