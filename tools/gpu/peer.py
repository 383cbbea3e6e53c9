"""Tokens a second of PyTorch and transformers on the models and batches that DeviceSpeed wrote: sdpa, fused AdamW, the same steps.

Argument: the folder of a proof. Three ways: float32; float32 weights whose products are bfloat16 (autocast), which keeps the masters that our
bfloat16 keeps; and bfloat16 as a whole, its moments too.
"""

import json
import pathlib
import statistics
import sys
import time

import torch
import transformers

transformers.logging.disable_progress_bar()

WARM_UP, STEPS, BLOCKS = 5, 10, 3


def steps(model, optimiser, batches, count, autocast):
    for step in range(count):
        tokens = batches[step % len(batches)].cuda()
        optimiser.zero_grad(set_to_none=True)
        with torch.autocast("cuda", torch.bfloat16, enabled=autocast):
            loss = model(input_ids=tokens, labels=tokens, use_cache=False).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0, foreach=True)
        optimiser.step()
        last = loss.item()
    return last


def measure(folder, way, dtype, autocast=False):
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, attn_implementation="sdpa")
    model = model.cuda().train()
    batches = [torch.tensor(rows) for rows in json.loads((folder / "batches.json").read_text())]
    optimiser = torch.optim.AdamW(
        [
            {"params": [p for p in model.parameters() if p.dim() > 1], "weight_decay": 0.1},
            {"params": [p for p in model.parameters() if p.dim() == 1], "weight_decay": 0.0},
        ],
        lr=1e-4,
        betas=(0.9, 0.95),
        eps=1e-8,
        fused=True,
    )
    steps(model, optimiser, batches, WARM_UP, autocast)
    rates = []
    for _ in range(BLOCKS):
        begin = time.perf_counter()
        loss = steps(model, optimiser, batches, STEPS, autocast)
        rates.append(STEPS * batches[0].numel() / (time.perf_counter() - begin))
    rows, length = batches[0].shape
    print(
        f"speed    transformers, {folder.name.removeprefix('speed-')}, {way}, "
        f"{rows} x {length}: {statistics.median(rates):,.0f} tokens/s ({min(rates):,.0f} to {max(rates):,.0f}), "
        f"loss {loss:.4f}",
        flush=True,
    )


def main():
    print(f"torch {torch.__version__}, transformers {transformers.__version__}, {torch.cuda.get_device_name()}")
    for name in ("speed-25m", "speed-110m", "speed-600m"):
        folder = pathlib.Path(sys.argv[1]) / name
        measure(folder, "float32", torch.float32)
        measure(folder, "autocast", torch.float32, True)
        measure(folder, "bfloat16", torch.bfloat16)


if __name__ == "__main__":
    main()
