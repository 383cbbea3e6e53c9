"""Writes what transformers makes of the many spellings of rotary embeddings: the learner's golden vectors of RotaryReader.

Run:  "$(tools/golden/environment.sh)" tools/golden/rotary.py
Writes rlhf-learner/src/test/resources/golden/rotary.json: the positions and, for each case, the keys of config.json, the layer type
where layers differ, and cosines and sines, a list a position (transformers has each twice; here it is once).
"""

import json
import pathlib
import tempfile

import torch
from transformers import AutoConfig
from transformers.models.gemma3.modeling_gemma3 import Gemma3RotaryEmbedding
from transformers.models.gpt_neox.modeling_gpt_neox import GPTNeoXRotaryEmbedding
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding
from transformers.models.phi3.modeling_phi3 import Phi3RotaryEmbedding

TARGET = pathlib.Path(__file__).resolve().parents[2] / "rlhf-learner/src/test/resources/golden/rotary.json"
SHAPE = dict(
    model_type="llama",
    vocab_size=37,
    hidden_size=64,
    num_hidden_layers=1,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=16,
    intermediate_size=40,
    max_position_embeddings=256,
)
POSITIONS = [0, 1, 2, 13, 63]
EMBEDDINGS = {
    "llama": LlamaRotaryEmbedding,
    "gpt_neox": GPTNeoXRotaryEmbedding,
    "gemma3_text": Gemma3RotaryEmbedding,
    "phi3": Phi3RotaryEmbedding,
}
LLAMA3 = dict(factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=64)
SHORT = [1.0, 1.03, 1.1, 1.3, 1.35, 1.5, 1.7, 2.1]
LONG = [2.0, 5.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0]
GEMMA3 = dict(
    rope_parameters=dict(
        full_attention=dict(rope_type="linear", rope_theta=500000.0, factor=8.0),
        sliding_attention=dict(rope_type="default", rope_theta=20000.0),
    )
)
GEMMA3_OLDER = dict(
    rope_theta=500000.0, rope_local_base_freq=20000.0, rope_scaling=dict(rope_type="linear", factor=8.0)
)
CASES = {
    "nothing": {},
    "older, theta alone": dict(rope_theta=500000.0),
    "newer": dict(rope_parameters=dict(rope_type="default", rope_theta=20000.0)),
    "newer without theta": dict(rope_theta=30000.0, rope_parameters=dict(rope_type="default")),
    "older llama3": dict(rope_theta=500000.0, rope_scaling=dict(rope_type="llama3", **LLAMA3)),
    "newer llama3": dict(rope_parameters=dict(rope_type="llama3", rope_theta=500000.0, **LLAMA3)),
    "older llama3 named by type": dict(rope_scaling=dict(type="llama3", **LLAMA3)),
    "llama3 of another shape": dict(
        rope_theta=10000.0,
        rope_scaling=dict(
            rope_type="llama3",
            factor=32.0,
            low_freq_factor=2.0,
            high_freq_factor=8.0,
            original_max_position_embeddings=128,
        ),
    ),
    "llama3 without original context": dict(
        rope_scaling=dict(rope_type="llama3", factor=4.0, low_freq_factor=1.0, high_freq_factor=4.0)
    ),
    "llama3 with the original context above": dict(
        original_max_position_embeddings=32,
        rope_scaling=dict(rope_type="llama3", **LLAMA3),
    ),
    "linear": dict(rope_scaling=dict(type="linear", factor=4.0)),
    "newer linear": dict(rope_parameters=dict(rope_type="linear", rope_theta=20000.0, factor=2.5)),
    "dynamic": dict(rope_theta=50000.0, rope_scaling=dict(type="dynamic", factor=4.0)),
    "newer dynamic": dict(rope_parameters=dict(rope_type="dynamic", rope_theta=50000.0, factor=1.1)),
    "yarn": dict(rope_scaling=dict(type="yarn", factor=4.0, original_max_position_embeddings=64)),
    "yarn as Qwen2.5 has it": dict(
        rope_theta=1000000.0,
        rope_scaling=dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=64, finetuned=True),
    ),
    "newer yarn of another ramp": dict(
        rope_parameters=dict(
            rope_type="yarn",
            rope_theta=10000.0,
            factor=3.0,
            beta_fast=9.0,
            beta_slow=0.3,
            truncate=False,
            original_max_position_embeddings=64,
        ),
    ),
    "yarn with an attention factor": dict(rope_scaling=dict(rope_type="yarn", factor=3.0, attention_factor=1.7)),
    "yarn with mscale": dict(
        rope_scaling=dict(
            rope_type="yarn", factor=40.0, mscale=0.7, mscale_all_dim=1.0, original_max_position_embeddings=64
        )
    ),
    "yarn with one mscale": dict(rope_scaling=dict(rope_type="yarn", factor=40.0, mscale=0.7)),
    "yarn without factor": dict(
        rope_scaling=dict(rope_type="yarn", factor=None, original_max_position_embeddings=64)
    ),
    "yarn of few turns": dict(
        rope_theta=100.0, rope_scaling=dict(rope_type="yarn", factor=2.0, original_max_position_embeddings=2)
    ),
    "longrope": dict(
        model_type="phi3",
        original_max_position_embeddings=64,
        rope_scaling=dict(type="longrope", short_factor=SHORT, long_factor=LONG),
    ),
    "longrope by its first name": dict(
        model_type="phi3",
        original_max_position_embeddings=64,
        rope_scaling=dict(type="su", short_factor=SHORT, long_factor=LONG, original_max_position_embeddings=64),
    ),
    "newer longrope of part of a head": dict(
        model_type="phi3",
        original_max_position_embeddings=64,
        rope_parameters=dict(
            rope_type="longrope",
            rope_theta=20000.0,
            partial_rotary_factor=0.75,
            short_factor=SHORT[:6],
            long_factor=LONG[:6],
        ),
    ),
    "longrope with an attention factor": dict(
        model_type="phi3",
        original_max_position_embeddings=64,
        partial_rotary_factor=0.5,
        rope_scaling=dict(type="longrope", short_factor=SHORT[:4], long_factor=LONG[:4], attention_factor=1.3),
    ),
    "longrope with a factor": dict(
        model_type="phi3",
        original_max_position_embeddings=64,
        rope_scaling=dict(type="longrope", short_factor=SHORT, long_factor=LONG, factor=32.0),
    ),
    "a quarter of each head": dict(model_type="gpt_neox"),
    "older part of each head": dict(model_type="gpt_neox", rotary_pct=0.5, rotary_emb_base=20000),
    "newer part of each head": dict(
        model_type="gpt_neox",
        rope_parameters=dict(rope_type="linear", factor=2.0, rope_theta=20000.0, partial_rotary_factor=0.4),
    ),
    "global layers": dict(model_type="gemma3_text", num_hidden_layers=6, **GEMMA3),
    "local layers": dict(model_type="gemma3_text", num_hidden_layers=6, **GEMMA3),
    "older global layers": dict(model_type="gemma3_text", num_hidden_layers=6, **GEMMA3_OLDER),
    "older local layers": dict(model_type="gemma3_text", num_hidden_layers=6, **GEMMA3_OLDER),
    "global layers of which nothing is said": dict(model_type="gemma3_text", num_hidden_layers=6),
    "local layers of which nothing is said": dict(model_type="gemma3_text", num_hidden_layers=6),
    "both, default beside llama3": dict(
        rope_parameters=dict(rope_type="default", rope_theta=500000.0),
        rope_scaling=dict(rope_type="llama3", **LLAMA3),
    ),
    "both, llama3 beside default": dict(
        rope_parameters=dict(rope_type="llama3", rope_theta=500000.0, **LLAMA3),
        rope_scaling=dict(rope_type="default"),
    ),
    "both, one empty": dict(
        rope_parameters=dict(rope_type="llama3", rope_theta=500000.0, **LLAMA3),
        rope_scaling={},
    ),
    "both, one null": dict(
        rope_parameters=dict(rope_type="linear", rope_theta=500000.0, factor=2.0),
        rope_scaling=None,
    ),
    "both, theta in each": dict(
        rope_theta=40000.0,
        rope_parameters=dict(rope_type="default", rope_theta=500000.0),
        rope_scaling=dict(rope_type="linear", rope_theta=600000.0, factor=2.0),
    ),
}


def layer_type(name, config):
    if config["model_type"] != "gemma3_text":
        return None
    return "full_attention" if "global" in name else "sliding_attention"


def tables(json_config, of_layers):
    """Cosines and sines, [S, turned / 2] each."""
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "config.json").write_text(json.dumps(json_config))
        config = AutoConfig.from_pretrained(folder)
    embedding = EMBEDDINGS[json_config["model_type"]](config)
    arguments = [torch.zeros(1), torch.tensor([POSITIONS])] + ([of_layers] if of_layers else [])
    return [table[0, :, : table.shape[-1] // 2] for table in embedding(*arguments)]


def case(name, config):
    of_layers = layer_type(name, config)
    cos, sin = tables(config, of_layers)
    return {"name": name, "config": config, "layer_type": of_layers, "cos": digits(cos), "sin": digits(sin)}


def digits(table):
    return [[float(f"{x:.9g}") for x in row] for row in table.tolist()]


def main():
    cases = [json.dumps(case(name, SHAPE | keys)) for name, keys in CASES.items()]
    lines = ",\n".join(cases)
    TARGET.write_text(f'{{"positions": {POSITIONS}, "cases": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
