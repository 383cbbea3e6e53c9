"""Writes how huggingface_hub cuts weights into files: names, contents and the index, for a few sizes.

Run:  "$(tools/golden/environment.sh)" tools/golden/shards.py
Each case: sizes (float32 numbers by tensor), most (bytes of a file), files (tensors by file), index (with the one key of its metadata
that every version has).
"""

import json
import pathlib

import torch
from huggingface_hub import split_torch_state_dict_into_shards

TARGET = pathlib.Path(__file__).resolve().parents[2] / "rlhf-learner/src/test/resources/golden/shards.json"
SIZES = {
    "model.embed_tokens.weight": 40,
    "model.layers.0.q": 10,
    "model.layers.0.k": 5,
    "model.layers.1.q": 10,
    "model.layers.1.k": 5,
    "model.norm.weight": 2,
    "lm_head.weight": 40,
}


def cut(sizes, most):
    tensors = {name: torch.zeros(size) for name, size in sizes.items()}
    split = split_torch_state_dict_into_shards(
        tensors, filename_pattern="model{suffix}.safetensors", max_shard_size=most
    )
    case = {"sizes": sizes, "most": most, "files": split.filename_to_tensors}
    if split.is_sharded:
        metadata = {"total_size": split.metadata["total_size"]}
        case["index"] = {"metadata": metadata, "weight_map": split.tensor_to_filename}
    return case


if __name__ == "__main__":
    # One file; files that a tensor more would overfill; tensors larger than a file; a fit to the byte.
    cases = [cut(SIZES, most) for most in (1_000, 448, 447, 160, 159, 100, 60, 1)]
    TARGET.write_text(json.dumps(cases, indent=1) + "\n")
