"""Writes what torch.optim.AdamW makes of small weights in 50 steps: in float32, and in bfloat16 with float32 masters.

Run:  "$(tools/golden/environment.sh)" tools/golden/adamw.py
The gradients have scales from 1e-5 to 1e2 and change from step to step; some steps are clipped, some are not; the learning rate warms
up for ten steps and is constant then; matrices decay, vectors do not. adamw.safetensors has, below "float32." and "bfloat16.", the
weights before ("before."), the gradients ("gradients.", [50, ...]), the norms ("norms", [50]) and the weights after steps 10 and 50
("after10.", "after50."); below "bfloat16." also the masters ("master50."). Names are those of a language model of the shape below.
"""

import json
import pathlib

import torch
from safetensors.torch import save_file

ROOT = pathlib.Path(__file__).resolve().parents[2] / "rlhf-learner/src/test/resources/golden"
SHAPES = {
    "model.embed_tokens.weight": (5, 4),
    "model.layers.0.input_layernorm.weight": (4,),
    "model.layers.0.self_attn.q_proj.weight": (4, 4),
    "model.layers.0.self_attn.k_proj.weight": (2, 4),
    "model.layers.0.self_attn.v_proj.weight": (2, 4),
    "model.layers.0.self_attn.o_proj.weight": (4, 4),
    "model.layers.0.post_attention_layernorm.weight": (4,),
    "model.layers.0.mlp.gate_proj.weight": (3, 4),
    "model.layers.0.mlp.up_proj.weight": (3, 4),
    "model.layers.0.mlp.down_proj.weight": (4, 3),
    "model.norm.weight": (4,),
    "lm_head.weight": (5, 4),
}
STEPS = 50
ADAMW = dict(lr=3e-3, betas=(0.9, 0.95), eps=1e-8)
DECAY = 0.1
WARMUP = 10
MAX_NORM = 300.0


def run(dtype, prefix, out):
    torch.manual_seed(14)
    scales = {name: 10.0 ** (i % 8 - 5) for i, name in enumerate(SHAPES)}
    before = {name: (torch.randn(shape) * (1 + i % 3)).to(dtype) for i, (name, shape) in enumerate(SHAPES.items())}
    gradients = {
        name: (torch.randn(STEPS, *shape) * scales[name] * torch.rand(STEPS, *[1] * len(shape)) * 2).to(dtype)
        for name, shape in SHAPES.items()
    }
    masters = {name: torch.nn.Parameter(weight.float().clone()) for name, weight in before.items()}
    optimiser = torch.optim.AdamW(
        [
            {"params": [p for p in masters.values() if p.dim() > 1], "weight_decay": DECAY},
            {"params": [p for p in masters.values() if p.dim() == 1], "weight_decay": 0.0},
        ],
        **ADAMW,
        foreach=False,
        fused=False,
    )
    rate = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: min(1.0, (step + 1) / WARMUP))
    norms = []
    for step in range(STEPS):
        for name, master in masters.items():
            master.grad = gradients[name][step].float().clone()
        norms.append(torch.nn.utils.clip_grad_norm_(masters.values(), MAX_NORM))
        optimiser.step()
        rate.step()
        if step + 1 in (10, STEPS):
            out |= {f"{prefix}after{step + 1}.{n}": p.detach().to(dtype).clone() for n, p in masters.items()}
    norms = torch.stack(norms)
    assert 10 < int((norms > MAX_NORM).sum()) < 40, norms
    out |= {f"{prefix}before.{n}": t for n, t in before.items()}
    out |= {f"{prefix}gradients.{n}": t for n, t in gradients.items()}
    out[prefix + "norms"] = norms
    if dtype == torch.bfloat16:
        out |= {f"{prefix}master{STEPS}.{n}": p.detach().clone() for n, p in masters.items()}


if __name__ == "__main__":
    expected = {}
    run(torch.float32, "float32.", expected)
    run(torch.bfloat16, "bfloat16.", expected)
    save_file(expected, ROOT / "adamw.safetensors")
    settings = dict(**ADAMW, weight_decay=DECAY, warmup=WARMUP, max_norm=MAX_NORM, steps=STEPS)
    (ROOT / "adamw.json").write_text(json.dumps(settings) + "\n")
