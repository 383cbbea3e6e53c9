package dev.rlhf.learner.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.learner.block.Attention;
import dev.rlhf.learner.block.RmsNorm;
import dev.rlhf.learner.block.RotaryEmbedding;
import dev.rlhf.learner.block.Sight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelConfigTest {
    private static final String SIZES = "\"model_type\":\"llama\",\"vocab_size\":37,\"hidden_size\":64,"
            + "\"num_hidden_layers\":1,\"num_attention_heads\":4,\"intermediate_size\":40,\"max_position_embeddings\":256";

    @TempDir
    private Path directory;

    private static Sight.Turns turns(ModelConfig config) {
        return config.architecture().turns().get(0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"hidden_act\":\"relu\" | hidden_act | relu",
                "\"hidden_activation\":\"relu\" | hidden_activation | relu",
                "\"sliding_window\":64 | sliding_window | 64",
                "\"layer_types\":[\"full_attention\",\"sliding_attention\"] | layer_types | sliding_attention",
                "\"model_type\":\"smollm3\",\"no_rope_layers\":[1,0,1] | no_rope_layers | 3",
                "\"pretraining_tp\":2 | pretraining_tp | 2",
                "\"partial_rotary_factor\":0.5 | partial_rotary_factor | 0.5",
                "\"rope_parameters\":{\"partial_rotary_factor\":0.5} | partial_rotary_factor | 0.5",
                "\"quantization_config\":{\"quant_method\":\"fp8\"} | quantization_config | fp8",
                "\"head_dim\":7 | head size | 7",
                "\"logit_scale\":0.0625 | logit_scale | 0.0625",
                "\"kv_lora_rank\":8 | kv_lora_rank | 8",
                "\"n_routed_experts\":4 | n_routed_experts | 4",
                "\"qkv_clip\":1 | qkv_clip | 1",
                "\"attn_temperature_tuning\":true | attn_temperature_tuning | true",
                "\"final_logit_softcapping\":30.0 | final_logit_softcapping | 30.0",
                "\"attn_logit_softcapping\":50.0 | attn_logit_softcapping | 50.0",
                "\"residual_multiplier\":0.22 | residual_multiplier | 0.22",
                "\"attention_dropout\":0.1 | attention_dropout | 0.1",
                "\"rope_parameters\":{\"rope_type\":\"longrope\"} | rope_parameters.short_factor | missing",
                "\"rope_scaling\":{\"rope_type\":\"spiral\"} | rope_scaling.rope_type | spiral",
                "\"rope_parameters\":{\"full_attention\":{\"rope_type\":\"default\"}} | rope_parameters | layer type",
                "\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":4.0} | rope_scaling.low_freq_factor | missing",
                "\"rope_scaling\":{\"rope_type\":\"linear\"} | rope_scaling.factor | missing",
                "\"rope_scaling\":2.0 | rope_scaling | 2.0",
                "\"rope_theta\":\"many\" | rope_theta | many",
                "\"num_key_value_heads\":3 | heads | 3",
                "\"eos_token_id\":\"2\" | eos_token_id | 2",
                "\"eos_token_id\":[1,99999] | eos_token_id | 99999",
                "\"tie_word_embeddings\":1 | tie_word_embeddings | 1",
                "\"rms_norm_eps\":-1 | rms_norm_eps | -1",
                "\"rms_norm_eps\":1e999 | rms_norm_eps | number",
                "\"model_type\":\"gpt_neox\",\"layer_norm_eps\":-1e-5 | layer_norm_eps | -1.0E-5",
                "\"model_type\":\"gemma2\",\"query_pre_attn_scalar\":0 | query_pre_attn_scalar | 0",
                "\"model_type\":\"gemma2\",\"final_logit_softcapping\":-5 | final_logit_softcapping | -5",
                "\"model_type\":\"gemma3_text\",\"attn_logit_softcapping\":50.0 | attn_logit_softcapping | 50.0",
                "\"model_type\":\"mistral\",\"num_key_value_heads\":2,\"sliding_window\":0 | sliding_window | 0",
                "\"model_type\":\"gemma2\",\"layer_types\":\"full_attention\" | layer_types | list",
                "\"model_type\":\"smollm3\",\"no_rope_layers\":[true] | no_rope_layers | true",
                "\"rope_parameters\":{\"rope_type\":\"longrope\",\"short_factor\":[1,2],\"long_factor\":[1,2]} | short_factor | 8",
            })
    void whatWouldComputeSomethingElseIsRefused(String keys, String key, String value) throws IOException {
        assertThatThrownBy(() -> read(keys))
                .isInstanceOfSatisfying(
                        RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContainingAll(directory.resolve(ModelConfig.FILE).toString(), key, value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"attention_bias\":false,\"mlp_bias\":null,\"attention_dropout\":0.0,\"pretraining_tp\":1",
                "\"hidden_act\":\"silu\",\"use_cache\":true,\"initializer_range\":0.02,\"bos_token_id\":1",
                "\"quantization_config\":null,\"rope_scaling\":null,\"sliding_window\":null,\"head_dim\":null",
                "\"layer_types\":[\"full_attention\"],\"transformers_version\":\"5.19.0\",\"dtype\":\"bfloat16\"",
                "\"partial_rotary_factor\":1.0,\"logit_scale\":1,\"some_new_key\":{\"a\":[1,2]}",
                "\"sliding_window\":4096,\"use_sliding_window\":false",
            })
    void whatChangesNothingPasses(String keys) throws IOException {
        assertThat(turns(read(keys)).width()).isEqualTo(16);
    }

    @Test
    void aFamilyThatIsNotKnownIsRefusedWithThoseThatAre() throws IOException {
        Files.writeString(directory.resolve(ModelConfig.FILE), "{\"model_type\":\"mamba\"}");
        assertThatThrownBy(() -> ModelConfig.read(directory))
                .isInstanceOfSatisfying(
                        RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContainingAll(
                        directory.resolve(ModelConfig.FILE).toString(), "'mamba'", "not supported", "llama");
    }

    @Test
    void whatIsLeftOutIsAsTransformersHasIt() throws IOException {
        ModelConfig config = read("\"a\":1");
        assertThat(config.architecture().attention())
                .containsExactly(Attention.of(4, 4, 16, Sight.turned(RotaryEmbedding.of(10_000), 16)));
        assertThat(config.architecture().last().block()).isEqualTo(new RmsNorm(64, 1e-6));
        assertThat(config.tieEmbeddings()).isFalse();
        assertThat(config.endTokens()).isEmpty();
    }

    /** What configuration classes of transformers 5.19 have: null is not the same as nothing. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "mistral | \"num_attention_heads\":8 | 8 | 8 | 131072 | 4096",
                "mistral | \"num_key_value_heads\":null,\"sliding_window\":null | 4 | 16 | 131072 | 0",
                "qwen3 | \"num_key_value_heads\":2 | 2 | 128 | 32768 | 0",
                "gemma2 | \"a\":1 | 4 | 256 | 8192 | 4096",
                "gemma3_text | \"hidden_act\":\"silu\" | 4 | 256 | 131072 | 4096",
                "smollm3 | \"no_rope_layers\":[2] | 4 | 16 | 32768 | 0",
                "phi3 | \"a\":1 | 4 | 16 | 4096 | 0",
                "olmo2 | \"a\":1 | 4 | 16 | 2048 | 0",
            })
    void whatIsLeftOutIsAsTheFamilyHasIt(String family, String keys, int heads, int head, int context, int window)
            throws IOException {
        Files.writeString(
                directory.resolve(ModelConfig.FILE),
                "{" + SIZES.replace("llama", family).replaceAll(",\"max_position.*", "") + "," + keys + "}");
        ModelConfig config = ModelConfig.read(directory);
        Attention attention = config.architecture().attention().get(0);

        assertThat(List.of(
                        attention.keys(),
                        attention.head(),
                        config.contextLength(),
                        attention.sight().window()))
                .containsExactly(heads, head, context, window);
        assertThat(attention.sight().turns()).isPresent();
    }

    @Test
    void aFileWithoutAnObjectIsRefused() throws IOException {
        for (String text : List.of("", "[1]", "\"llama\"")) {
            Files.writeString(directory.resolve(ModelConfig.FILE), text);
            assertThatThrownBy(() -> ModelConfig.read(directory))
                    .hasMessageContainingAll(directory.resolve(ModelConfig.FILE).toString(), "JSON object");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "2 | [0, 13] | 0,2,13",
                "[7, 2] | 2 | 2,7",
                "null | 5 | 5",
                "-1 | [5] | 5",
                "5 | null | 5",
            })
    void everyEndOfEitherFileCounts(String own, String generation, String ends) throws IOException {
        Files.writeString(directory.resolve("generation_config.json"), "{\"eos_token_id\":" + generation + "}");
        assertThat(read("\"eos_token_id\":" + own).endTokens())
                .containsExactly(
                        Stream.of(ends.split(",", -1)).map(Integer::valueOf).toArray(Integer[]::new));
    }

    private ModelConfig read(String keys) throws IOException {
        Files.writeString(directory.resolve(ModelConfig.FILE), "{" + SIZES + "," + keys + "}");
        return ModelConfig.read(directory);
    }
}
