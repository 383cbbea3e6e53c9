"""The learner's peer: supervised steps of a transformers Llama with torch's fused AdamW.

Rows of unequal length are one batch, padded at their ends to the longest, with an attention mask.

First request: {"model", "batches", "threads", "optimiser"}; then {"steps": n} for each timed block.
"""

import itertools
import json
import time

import channel
import torch
import transformers


def padded(rows):
    """Rows as a batch; what is padding is neither seen nor learnt. Rows of one length need no mask."""
    tensors = [torch.tensor(row) for row in rows]
    tokens = torch.nn.utils.rnn.pad_sequence(tensors, batch_first=True)
    lengths = torch.tensor([len(row) for row in rows])
    seen = torch.arange(tokens.shape[1])[None, :] < lengths[:, None]
    if bool(seen.all()):
        return {"input_ids": tokens, "labels": tokens}
    return {"input_ids": tokens, "labels": tokens.masked_fill(~seen, -100), "attention_mask": seen.long()}


def main():
    settings = channel.receive()
    torch.set_num_threads(settings["threads"])
    model = transformers.LlamaForCausalLM.from_pretrained(
        settings["model"], dtype=torch.float32, attn_implementation="sdpa"
    ).train()
    with open(settings["batches"]) as file:
        batches = itertools.cycle([padded(rows) for rows in json.load(file)])
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
    channel.send(versions=channel.versions(torch, transformers))
    while (request := channel.receive()) is not None:
        losses = []
        begin = time.perf_counter()
        for _ in range(request["steps"]):
            batch = next(batches)
            optimiser.zero_grad(set_to_none=True)
            loss = model(**batch, use_cache=False).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), chosen["max_norm"], foreach=True)
            optimiser.step()
            losses.append(loss.item())
        channel.send(seconds=time.perf_counter() - begin, values=losses)


if __name__ == "__main__":
    main()
