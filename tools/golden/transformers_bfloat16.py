"""Writes how far transformers' bfloat16 is from its float32: what ours is measured by, since bits differ by the order of operations.

Run:  "$(tools/golden/environment.sh)" tools/golden/transformers_bfloat16.py [NAME...]
A case becomes a directory below rlhf-learner/src/test/resources/golden/bfloat16: a model directory of bfloat16 weights, case.json
(rows), and expected.safetensors: log-probs and gradients by name of these weights in float32 ("exact.", of "log_probs" and of each
weight) and in bfloat16 ("rounded."), with eager attention on a CPU.

Models are wide enough that rounding errors are many and their sizes mean something; their weights are not so wide that softmaxes
are all but certain.
"""

import json
import pathlib
import shutil
import sys

import torch
from safetensors.torch import save_file

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import transformers_families as families

ROOT = families.ROOT.parent / "bfloat16"
ROWS = [(24, 5), (17, 1), (31, 9), (12, 5)]  # length, prompt
WIDE = dict(hidden_size=32, intermediate_size=56)
CASES = ["llama3", "qwen3", "gemma2"]


def randomise(model):
    gemma = model.config.model_type.startswith("gemma")
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            gain = parameter.dim() == 1 and not name.endswith("bias") and not gemma
            drawn = (1.0 if gain else 0.0) + (0.25 if parameter.dim() == 1 else 0.12) * torch.randn_like(parameter)
            parameter.copy_(drawn.to(torch.bfloat16).float())
    return model.eval()


def said(model, rows, prefix):
    logits, targets = families.response_logits(model, rows)
    # As transformers' losses: float32 from here on.
    log_probs = torch.log_softmax(logits.float(), -1).gather(1, targets[:, None])[:, 0]
    (-log_probs.mean()).backward()
    found = {prefix + "log_probs": log_probs} | {
        prefix + name: parameter.grad for name, parameter in model.named_parameters()
    }
    model.zero_grad(set_to_none=True)
    return {name: tensor.detach().contiguous() for name, tensor in found.items()}


def write(name):
    model_type, seed, shape, _ = families.CASES[name]
    torch.manual_seed(100 + seed)
    model = randomise(families.make(model_type, shape | WIDE))
    rows = [(families.draw_tokens(length), prompt) for length, prompt in ROWS]
    directory = ROOT / name
    shutil.rmtree(directory, ignore_errors=True)
    case = {"rows": [{"tokens": tokens, "prompt": prompt} for tokens, prompt in rows]}
    expected = said(model, rows, "exact.")
    model = model.to(torch.bfloat16)
    expected |= said(model, rows, "rounded.")
    model.save_pretrained(directory)
    (directory / "generation_config.json").unlink(missing_ok=True)
    (directory / "case.json").write_text(json.dumps(case))
    save_file(expected, directory / "expected.safetensors")


if __name__ == "__main__":
    torch.set_num_threads(1)
    for each in sys.argv[1:] or CASES:
        write(each)
        print(each)
