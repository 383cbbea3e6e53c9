"""Writes what transformers makes of the many spellings of rotary embeddings: the learner's golden vectors of ModelConfig.

Run:  "$(tools/golden/environment.sh)" tools/golden/rotary.py
Writes rlhf-learner/src/test/resources/golden/rotary.json: for each case the keys of config.json and the inverse frequencies.
"""

import json
import pathlib
import tempfile

from transformers import AutoConfig
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

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
LLAMA3 = dict(factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=64)
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


def inverse_frequencies(keys):
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "config.json").write_text(json.dumps(SHAPE | keys))
        config = AutoConfig.from_pretrained(folder)
        return [float(x) for x in LlamaRotaryEmbedding(config).inv_freq]


def main():
    cases = [
        {"name": name, "config": SHAPE | keys, "inverse_frequencies": inverse_frequencies(keys)}
        for name, keys in CASES.items()
    ]
    TARGET.write_text(json.dumps(cases, indent=1) + "\n")


if __name__ == "__main__":
    main()
