package dev.rlhf.learner.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.core.base.RlhfException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Keys of a config.json that would change what a model computes, and the values with which they do not. */
final class NeutralKeys {
    private static final Set<String> OFF = Set.of("false", "0", "0.0");
    private static final Set<String> ONE = Set.of("1", "1.0");

    private static final Map<String, Set<String>> NEUTRAL = Map.ofEntries(
            Map.entry("hidden_act", Set.of("silu", "swish")),
            Map.entry("hidden_activation", Set.of("silu", "swish")),
            Map.entry("activation_function", Set.of("silu", "swish")),
            Map.entry("attention_bias", OFF),
            Map.entry("attention_out_bias", OFF),
            Map.entry("mlp_bias", OFF),
            Map.entry("qkv_bias", OFF),
            Map.entry("use_bias", OFF),
            Map.entry("bias", OFF),
            Map.entry("lm_head_bias", OFF),
            Map.entry("attention_dropout", OFF),
            Map.entry("attn_pdrop", OFF),
            Map.entry("hidden_dropout", OFF),
            Map.entry("resid_pdrop", OFF),
            Map.entry("embd_pdrop", OFF),
            Map.entry("classifier_dropout", OFF),
            Map.entry("pretraining_tp", ONE),
            Map.entry("partial_rotary_factor", ONE),
            Map.entry("rotary_pct", ONE),
            Map.entry("rope_interleaved", OFF),
            Map.entry("rope_interleave", OFF),
            Map.entry("no_rope_layers", Set.of("[]")),
            Map.entry("no_rope_layer_interval", OFF),
            Map.entry("attention_chunk_size", Set.of()),
            Map.entry("quantization_config", Set.of("{}")),
            Map.entry("compression_config", Set.of("{}")),
            Map.entry("logit_scale", ONE),
            Map.entry("logits_scaling", ONE),
            Map.entry("final_logit_softcapping", OFF),
            Map.entry("attn_logit_softcapping", OFF),
            Map.entry("embedding_multiplier", ONE),
            Map.entry("residual_multiplier", ONE),
            Map.entry("attention_multiplier", Set.of()),
            Map.entry("query_pre_attn_scalar", Set.of()),
            Map.entry("scale_emb", ONE),
            Map.entry("scale_depth", Set.of()),
            Map.entry("clip_qkv", OFF),
            Map.entry("qk_layernorm", OFF),
            Map.entry("qk_norm", OFF),
            Map.entry("use_qk_norm", OFF),
            Map.entry("scale_attn_weights", Set.of("true")),
            Map.entry("scale_attn_by_inverse_layer_idx", OFF),
            Map.entry("alibi", OFF),
            Map.entry("use_alibi", OFF),
            Map.entry("is_causal", Set.of("true")),
            Map.entry("use_bidirectional_attention", OFF),
            Map.entry("parallel_attn", OFF),
            Map.entry("use_parallel_residual", OFF),
            Map.entry("add_cross_attention", OFF),
            Map.entry("num_experts", Set.of("0", "1")),
            Map.entry("num_local_experts", Set.of("0", "1")),
            Map.entry("n_routed_experts", Set.of("0", "1")),
            Map.entry("kv_lora_rank", OFF),
            Map.entry("position_embedding_type", Set.of("absolute", "rope", "rotary")),
            Map.entry("rotary_dim", Set.of()),
            Map.entry("rope_percent", ONE),
            Map.entry("rope_pct", ONE),
            Map.entry("parallel_residual", OFF),
            Map.entry("norm_type", Set.of("rmsnorm", "rms_norm")),
            Map.entry("norm_bias", OFF),
            Map.entry("residual_scale", ONE),
            Map.entry("emb_scale", ONE),
            Map.entry("qkv_clip", OFF),
            Map.entry("softcap", OFF),
            Map.entry("key_query_norm", OFF),
            Map.entry("attn_temperature_tuning", OFF),
            Map.entry("altup_num_inputs", Set.of()),
            Map.entry("cross_attention_layers", Set.of("[]")),
            Map.entry("is_encoder_decoder", OFF));

    private NeutralKeys() {}

    /** Throws USER naming the first key that no-one has honoured and whose value asks for something. */
    static void check(JsonNode json, Set<String> honoured, Path file) {
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            Set<String> neutral = NEUTRAL.get(field.getKey());
            if (neutral != null && !honoured.contains(field.getKey()) && !isOneOf(field.getValue(), neutral)) {
                throw refused(
                        file,
                        field.getKey(),
                        field.getValue(),
                        neutral.stream().sorted().toList());
            }
        }
        JsonNode window = json.path("sliding_window");
        boolean windowed = window.isNumber() && json.path("use_sliding_window").asBoolean(true);
        if (windowed && !honoured.contains("sliding_window")) {
            throw refused(file, "sliding_window", window, List.of());
        }
        for (JsonNode type : json.path("layer_types")) {
            if (!type.asText().equals("full_attention") && !honoured.contains("layer_types")) {
                throw refused(file, "layer_types", type, List.of("full_attention"));
            }
        }
    }

    private static boolean isOneOf(JsonNode value, Set<String> neutral) {
        return value.isNull() || neutral.contains(value.isTextual() ? value.asText() : value.toString());
    }

    private static RlhfException refused(Path file, String key, JsonNode value, List<String> neutral) {
        String without = neutral.isEmpty() ? "" : " other than " + String.join(" or ", neutral);
        return RlhfException.user(file + ": " + key + " is " + value + "; this decoder knows no " + key + without
                + ", so it would compute" + " something else than the model");
    }
}
