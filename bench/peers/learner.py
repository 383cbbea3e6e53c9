"""The learner's peer: supervised steps of a transformers Llama with torch's fused AdamW.

First request: {"model", "batches", "threads", "optimiser"}; then {"steps": n} for each timed block.
"""

import itertools
import json
import platform
import time

import channel
import torch
import transformers


def main():
    settings = channel.receive()
    torch.set_num_threads(settings["threads"])
    model = transformers.LlamaForCausalLM.from_pretrained(
        settings["model"], dtype=torch.float32, attn_implementation="sdpa"
    ).train()
    with open(settings["batches"]) as file:
        batches = itertools.cycle([torch.tensor(rows) for rows in json.load(file)])
    chosen = settings["optimiser"]
    optimiser = torch.optim.AdamW(
        [
            {"params": [p for p in model.parameters() if p.dim() > 1], "weight_decay": chosen["weight_decay"]},
            {"params": [p for p in model.parameters() if p.dim() == 1], "weight_decay": 0.0},
        ],
        lr=chosen["rate"],
        betas=(chosen["beta1"], chosen["beta2"]),
        eps=chosen["epsilon"],
        fused=True,
    )
    channel.send(
        parameters=sum(p.numel() for p in model.parameters()),
        versions={
            "Python": platform.python_version(),
            "torch": torch.__version__.split("+")[0],
            "transformers": transformers.__version__,
        },
    )
    while (request := channel.receive()) is not None:
        losses = []
        begin = time.perf_counter()
        for _ in range(request["steps"]):
            tokens = next(batches)
            optimiser.zero_grad(set_to_none=True)
            loss = model(input_ids=tokens, labels=tokens, use_cache=False).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), chosen["max_norm"], foreach=True)
            optimiser.step()
            losses.append(loss.item())
        channel.send(seconds=time.perf_counter() - begin, values=losses)


if __name__ == "__main__":
    main()
